package main

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/steelthread/steelthread/plugin/custody"
)

// keygen makes a key pair: the private key into a file that only its owner may
// read, the public key beside it and onto the screen.
func keygen(_ context.Context, args []string, out, diag io.Writer) error {
	fs := flags("keygen", diag)
	path := fs.String("out", "", "`file` for the private key; the public key goes beside it, with .pub")
	name := fs.String("name", "steelthread", "name of the key, as it stands in signatures")
	rest, err := parse(fs, args)
	if err != nil {
		return err
	}
	if *path == "" || len(rest) > 0 {
		return errors.New("say where the private key should go, for example: steelthread keygen --out key")
	}
	private, public, err := custody.GenerateKey(rand.Reader, *name)
	if err != nil {
		return err
	}
	if err := writeNew(*path, private, 0o600); err != nil {
		return err
	}
	if err := writeNew(*path+".pub", public, 0o644); err != nil {
		return err
	}
	fmt.Fprintf(out, "%s\n", public)
	fmt.Fprintf(diag, "private key: %s (keep it secret, mount it for --signing-key-path)\npublic key:  %s.pub (publish it, anyone can check records with it)\n", *path, *path)
	return nil
}

// writeNew never overwrites: a lost key cannot be made again.
func writeNew(path, text string, mode os.FileMode) error {
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, mode)
	if errors.Is(err, os.ErrExist) {
		return fmt.Errorf("%s is there already and is kept; choose another --out or move it away", path)
	}
	if err != nil {
		return err
	}
	_, err = f.WriteString(text + "\n")
	return errors.Join(err, f.Close())
}
