package githubsim

import (
	"encoding/base64"
	"encoding/binary"
	"strconv"
)

// nodeID builds a global id as GitHub does: a prefix and base64url of a MessagePack array [0, repository id, id], or
// [0, id] for what is in no repository.
func nodeID(prefix string, ids ...int64) string {
	b := []byte{0x91 + byte(len(ids)), 0}
	for _, id := range ids {
		if id > 1<<32-1 {
			b = binary.BigEndian.AppendUint64(append(b, 0xcf), uint64(id))
		} else {
			b = binary.BigEndian.AppendUint32(append(b, 0xce), uint32(id))
		}
	}
	return prefix + "_" + base64.RawURLEncoding.EncodeToString(b)
}

func (u *User) node() string {
	if u.Type == "Bot" {
		return nodeID("BOT", u.ID)
	}
	return nodeID("U", u.ID)
}
func (v *review) node() string { return nodeID("PRR", v.issue.repo.ID, v.ID) }

func (c *comment) node() string {
	return nodeID("IC", c.issue.repo.ID, c.ID)
}
func (i *issue) node() string {
	if i.pull != nil {
		return nodeID("PR", i.repo.ID, i.pull.ID)
	}
	return nodeID("I", i.repo.ID, i.ID)
}

// remember and forget keep the index by node id, for GraphQL.
func (g *GitHub) remember(x interface{ node() string }) { g.nodes[x.node()] = x }
func (g *GitHub) forget(x interface{ node() string })   { delete(g.nodes, x.node()) }

func itoa(n int64) string { return strconv.FormatInt(n, 10) }
