# The commands that people and CI use. Everything needs only Go, but for e2e
# (Chromium, npm) and contract (npm).

STATICCHECK = honnef.co/go/tools/cmd/staticcheck@v0.8.2

.PHONY: demo test sim check e2e contract bench fuzz docs build

demo: ## start the sandbox: a GitHub stand-in, the plugin and a page, no network
	go run ./cmd/sandbox $(ARGS)

test: ## all tests of the module
	go test -timeout 20m ./...

sim: ## SEEDS schedules of people, faults and crashes that were never played, or those from FROM on; TIME=45s ends it
	go test ./plugin -count=1 -run '^TestSimulation$$' -v -timeout 2h -sim.seeds=$(or $(SEEDS),300) -sim.from=$(or $(FROM),$(shell date +%s)) -sim.time=$(or $(TIME),0s)

check: ## format, vet, staticcheck and the race detector
	@test -z "$$(gofmt -l $$(git ls-files '*.go'))" || (echo "not gofmt-ed:"; gofmt -l $$(git ls-files '*.go'); exit 1)
	go vet ./...
	cd e2e && go vet ./...
	go run $(STATICCHECK) ./...
	cd e2e && go run $(STATICCHECK) ./...
	go test -race -timeout 30m $(shell go list ./... | grep -v checkconfig)

e2e: build ## the real hook, checkconfig, label_sync and a browser against the plugin
	cd e2e && npm ci --no-audit --no-fund
	cd e2e && go build -o bin/ tool && go test -count=1 .

contract: ## every request and webhook of the test suite against GitHub's published descriptions
	cd e2e && npm ci --no-audit --no-fund
	rm -rf e2e/artifacts/contract && mkdir -p e2e/artifacts/contract
	STEELTHREAD_CONTRACT_DIR=$(CURDIR)/e2e/artifacts/contract go test -count=1 -timeout 20m ./plugin/... ./cmd/sandbox/...
	cd e2e && STEELTHREAD_CONTRACT_DIR=$(CURDIR)/e2e/artifacts/contract go test -count=1 ./contract

bench: ## benchmarks, with counted GitHub calls
	go test -run '^$$' -bench . -benchmem ./plugin/...

fuzz: ## each fuzz test for a while
	@for pkg in slash custody kep roles thread plan render saved .; do \
		for f in $$(grep -ho 'func Fuzz[A-Za-z]*' plugin/$$pkg/*_test.go | sed 's/func //'); do \
			echo "$$pkg $$f"; go test ./plugin/$$pkg -run '^$$' -fuzz "^$$f$$" -fuzztime $(or $(FUZZTIME),20s) || exit 1; \
		done; \
	done

docs: ## write the generated references and golden files anew
	go test ./plugin ./plugin/render ./plugin/saved ./config -update

build: ## the binaries, into bin/
	go build -trimpath -ldflags '-s -w' -o bin/ ./cmd/steelthread ./cmd/sandbox
