package main

// Examples lists one line for each form of each command, as people write them.
func Examples() []string {
	return []string{
		"/kep 1234", "/kep KEP-1234", "/kep https://github.com/kubernetes/enhancements/issues/1234", "/kep cancel",
		"/kep none a bug fix without a change of behaviour", "/kep check",
		"/commit", "/commit v1.38 w3-4 80% 1,2", "/commit 60%", "/commit cancel", "/commit cancel w3-4 1",
		"/depends-on kubernetes/kubernetes#12, #34 by w3-4 the new field", "/depends-on cancel #12",
		"/provide #12 w3-4 the field is in the API", "/provide #12 decline no reviewer in this cycle", "/provide cancel #12",
		"/question who reviews the test plan?", "/block the API review is open", "/risk depends on a new etcd release",
		"/resolve Q1 answered in the meeting", "/resolve R1 owned @octocat", "/resolve R1 accepted", "/resolve B1 mitigated by a flag",
		"/readout ready", "/readout cancel", "/readout done",
		"/progress on-track", "/progress at-risk waiting for review", "/progress slipped to the next increment",
		"/done", "/done 1,2 #345", "/done cancel 1", "/demo https://youtu.be/demo the new test passes",
		"/plan status", "/plan status node", "/plan who sig-node", "/plan order node #12, #34",
		"/plan vote open until 2026-09-18T16:00Z", "/plan vote close", "/vote 4", "/vote 2 the test plan is thin",
		"/plan rework two SIGs object", "/plan prune", "/plan prune confirm 3f2a91c", "/plan notes",
		"/plan survey open", "/plan survey close", "/nps 9 good to see it in one place",
		"/exception request code 3d waiting for the API review", "/exception 3d waiting for the API review",
		"/exception support", "/exception approve 3d", "/exception deny too late for the tests", "/exception withdraw",
		"/part-of kubernetes/enhancements#1234", "/part-of cancel #1234",
	}
}
