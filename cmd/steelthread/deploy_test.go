package main

import (
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	networkingv1 "k8s.io/api/networking/v1"
	"k8s.io/apimachinery/pkg/util/intstr"
	"sigs.k8s.io/yaml"

	"github.com/steelthread/steelthread/config"
)

const (
	deployDir  = "../../config/deploy"
	importPath = "github.com/steelthread/steelthread/cmd/steelthread"
)

// kustomization is what we use of kustomize's file; any other key is a mistake.
type kustomization struct {
	APIVersion         string   `json:"apiVersion"`
	Kind               string   `json:"kind"`
	Resources          []string `json:"resources"`
	ConfigMapGenerator []struct {
		Name  string   `json:"name"`
		Files []string `json:"files"`
	} `json:"configMapGenerator"`
	GeneratorOptions struct {
		DisableNameSuffixHash bool `json:"disableNameSuffixHash"`
	} `json:"generatorOptions"`
}

// base is config/deploy, each file read strictly into its Kubernetes type.
type base struct {
	kustomization kustomization
	account       corev1.ServiceAccount
	set           appsv1.StatefulSet
	service       corev1.Service
	policy        networkingv1.NetworkPolicy
}

// strict reads one file; a field that the type does not have, or one given twice, is an error.
func strict(t *testing.T, file string, into any) {
	t.Helper()
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if err := yaml.UnmarshalStrict(data, into); err != nil {
		t.Fatalf("%s: %v", file, err)
	}
}

func readBase(t *testing.T) base {
	t.Helper()
	var b base
	strict(t, filepath.Join(deployDir, "kustomization.yaml"), &b.kustomization)
	kinds := map[string]any{"serviceaccount.yaml": &b.account, "statefulset.yaml": &b.set, "service.yaml": &b.service, "networkpolicy.yaml": &b.policy}
	for _, name := range b.kustomization.Resources {
		into, known := kinds[name]
		if !known {
			t.Fatalf("kustomization.yaml: %s is read by no test", name)
		}
		strict(t, filepath.Join(deployDir, name), into)
		delete(kinds, name)
	}
	if len(kinds) > 0 {
		t.Fatalf("kustomization.yaml leaves out %v", kinds)
	}
	return b
}

func (b base) container(t *testing.T) corev1.Container {
	t.Helper()
	containers := b.set.Spec.Template.Spec.Containers
	if len(containers) != 1 || len(b.set.Spec.Template.Spec.InitContainers) != 0 {
		t.Fatalf("%d containers, want one", len(containers))
	}
	return containers[0]
}

// served parses the container's arguments as serve does.
func (b base) served(t *testing.T) serveFlags {
	t.Helper()
	c := b.container(t)
	if len(c.Command) > 0 || len(c.Args) == 0 || c.Args[0] != "serve" {
		t.Fatalf("command %v, arguments %v: the image runs steelthread, the first argument is serve", c.Command, c.Args)
	}
	var f serveFlags
	fs := flags("serve", io.Discard)
	f.register(fs)
	rest, err := parse(fs, c.Args[1:])
	if err != nil || len(rest) > 0 {
		t.Fatalf("serve does not understand %v: %v, left %v", c.Args, err, rest)
	}
	return f
}

func TestDeployNamesTypes(t *testing.T) {
	b := readBase(t)
	for _, tc := range []struct{ what, got, want string }{
		{"kustomization", b.kustomization.APIVersion + " " + b.kustomization.Kind, "kustomize.config.k8s.io/v1beta1 Kustomization"},
		{"service account", b.account.APIVersion + " " + b.account.Kind, "v1 ServiceAccount"},
		{"stateful set", b.set.APIVersion + " " + b.set.Kind, "apps/v1 StatefulSet"},
		{"service", b.service.APIVersion + " " + b.service.Kind, "v1 Service"},
		{"network policy", b.policy.APIVersion + " " + b.policy.Kind, "networking.k8s.io/v1 NetworkPolicy"},
		{"image", b.container(t).Image, "ko://" + importPath},
		{"account of the pod", b.set.Spec.Template.Spec.ServiceAccountName, b.account.Name},
		{"service of the set", b.set.Spec.ServiceName, b.service.Name},
	} {
		if tc.got != tc.want {
			t.Errorf("%s: %q, want %q", tc.what, tc.got, tc.want)
		}
	}
	entries, err := os.ReadDir(deployDir)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		if e.Name() != "kustomization.yaml" && e.Name() != "config.yaml" && !slices.Contains(b.kustomization.Resources, e.Name()) {
			t.Errorf("%s is in no list of kustomization.yaml", e.Name())
		}
	}
	pod := b.set.Spec.Template.Labels
	for what, selector := range map[string]map[string]string{
		"stateful set": b.set.Spec.Selector.MatchLabels, "service": b.service.Spec.Selector, "network policy": b.policy.Spec.PodSelector.MatchLabels,
	} {
		if len(selector) == 0 || cmp.Diff(selector, pod) != "" {
			t.Errorf("%s selects %v, the pods bear %v", what, selector, pod)
		}
	}
}

func TestDeployIsOneWriter(t *testing.T) {
	b := readBase(t)
	f := b.served(t)
	spec := b.set.Spec
	if spec.Replicas == nil || *spec.Replicas != 1 || spec.PodManagementPolicy != appsv1.OrderedReadyPodManagement || spec.UpdateStrategy.Type != appsv1.RollingUpdateStatefulSetStrategyType {
		t.Errorf("replicas %v, %s, %s: two pods must never write at once", spec.Replicas, spec.PodManagementPolicy, spec.UpdateStrategy.Type)
	}
	if !f.dryRun {
		t.Error("the base writes; it is to begin in dry run")
	}
	grace := time.Duration(*spec.Template.Spec.TerminationGracePeriodSeconds) * time.Second
	if grace < f.grace+10*time.Second {
		t.Errorf("killed after %s, while rounds may take %s to finish", grace, f.grace)
	}
	if !b.service.Spec.PublishNotReadyAddresses {
		t.Error("deliveries that arrive while it starts would be lost")
	}
}

func TestDeployRestrictsThePod(t *testing.T) {
	b := readBase(t)
	pod, c := b.set.Spec.Template.Spec, b.container(t)
	yes := func(v *bool) bool { return v != nil && *v }
	no := func(v *bool) bool { return v != nil && !*v }
	for what, ok := range map[string]bool{
		"no token of Kubernetes":            no(b.account.AutomountServiceAccountToken) && no(pod.AutomountServiceAccountToken),
		"no root, pod":                      yes(pod.SecurityContext.RunAsNonRoot) && *pod.SecurityContext.RunAsUser > 0,
		"no root, container":                yes(c.SecurityContext.RunAsNonRoot),
		"files readable by the group alone": *pod.SecurityContext.FSGroup == *pod.SecurityContext.RunAsGroup,
		"read-only root":                    yes(c.SecurityContext.ReadOnlyRootFilesystem),
		"no escalation":                     no(c.SecurityContext.AllowPrivilegeEscalation) && no(c.SecurityContext.Privileged),
		"no capabilities":                   cmp.Equal(c.SecurityContext.Capabilities, &corev1.Capabilities{Drop: []corev1.Capability{"ALL"}}),
		"seccomp":                           pod.SecurityContext.SeccompProfile.Type == corev1.SeccompProfileTypeRuntimeDefault,
		"nothing of the host":               !pod.HostNetwork && !pod.HostPID && !pod.HostIPC,
		"bounded memory":                    !c.Resources.Limits.Memory().IsZero() && c.Resources.Requests.Memory().Cmp(*c.Resources.Limits.Memory()) <= 0,
		// design budget: below 100 MB with 2,000 tracked issues
		"memory asked for is enough": c.Resources.Requests.Memory().Value() >= 100<<20 && !c.Resources.Requests.Cpu().IsZero(),
	} {
		if !ok {
			t.Errorf("not so: %s", what)
		}
	}
}

// TestDeployPortsAgree: flags of serve, ports of the container, Service, probes and NetworkPolicy.
func TestDeployPortsAgree(t *testing.T) {
	b := readBase(t)
	f := b.served(t)
	ports := map[string]int32{}
	for _, p := range b.container(t).Ports {
		ports[p.Name] = p.ContainerPort
	}
	want := map[string]int32{"hook": int32(f.port), "health": int32(f.healthPort), "metrics": int32(f.metricsPort)}
	if d := cmp.Diff(want, ports); d != "" {
		t.Errorf("ports of serve's flags and of the container (-flags +container):\n%s", d)
	}
	if f.profPort != 0 || f.boardPort != 0 {
		t.Error("pprof or the board listens, and no port says so")
	}
	served := map[string]int32{}
	for _, p := range b.service.Spec.Ports {
		if ports[p.TargetPort.StrVal] == 0 {
			t.Errorf("the Service's port %s leads to %v", p.Name, p.TargetPort)
		}
		served[p.Name] = p.Port
	}
	// hook is told "http://steelthread", docs/operators.md
	if d := cmp.Diff(map[string]int32{"hook": 80, "metrics": 9090}, served); d != "" {
		t.Errorf("ports of the Service (-want +got):\n%s", d)
	}
	var in []string
	for _, rule := range b.policy.Spec.Ingress {
		if len(rule.From) == 0 {
			t.Error("a rule lets anybody in")
		}
		for _, p := range rule.Ports {
			in = append(in, p.Port.StrVal)
		}
	}
	if d := cmp.Diff([]string{"hook", "metrics"}, in); d != "" {
		t.Errorf("ports let in (-want +got):\n%s", d)
	}
	var out []string
	for _, rule := range b.policy.Spec.Egress {
		for _, p := range rule.Ports {
			out = append(out, string(*p.Protocol)+" "+p.Port.String())
		}
	}
	if d := cmp.Diff([]string{"UDP 53", "TCP 53", "TCP 443"}, out); d != "" {
		t.Errorf("ports let out (-want +got):\n%s", d)
	}
	if d := cmp.Diff([]networkingv1.PolicyType{networkingv1.PolicyTypeIngress, networkingv1.PolicyTypeEgress}, b.policy.Spec.PolicyTypes); d != "" {
		t.Error(d)
	}
}

// TestDeployProbes: the paths are those that serve's health port answers.
func TestDeployProbes(t *testing.T) {
	c := readBase(t).container(t)
	mux := (&server{}).health()
	for path, probe := range map[string]*corev1.Probe{"/healthz": c.LivenessProbe, "/healthz/ready": c.ReadinessProbe} {
		if probe == nil || probe.HTTPGet == nil || probe.HTTPGet.Path != path || probe.HTTPGet.Port != intstr.FromString("health") {
			t.Errorf("%s: %+v", path, probe)
			continue
		}
		if _, pattern := mux.Handler(httptest.NewRequest(http.MethodGet, path, nil)); pattern != path {
			t.Errorf("%s is answered by %q", path, pattern)
		}
	}
	if c.StartupProbe == nil || c.StartupProbe.HTTPGet.Path != "/healthz" {
		t.Error("no startup probe: a slow GitHub at start would have it killed")
	}
}

// TestDeployFilesAreThere: every file that a flag names lies in a volume, and every $(NAME) is an environment variable.
func TestDeployFilesAreThere(t *testing.T) {
	b := readBase(t)
	f := b.served(t)
	c := b.container(t)
	mounted := map[string]string{} // path -> volume
	for _, m := range c.VolumeMounts {
		if !m.ReadOnly || m.SubPath != "" {
			t.Errorf("%s: read-only and whole, else a rotated file never arrives", m.Name)
		}
		mounted[m.MountPath] = m.Name
	}
	volumes := map[string]corev1.Volume{}
	for _, v := range b.set.Spec.Template.Spec.Volumes {
		volumes[v.Name] = v
		if v.Secret != nil && (v.Secret.DefaultMode == nil || *v.Secret.DefaultMode != 0o440) {
			t.Errorf("volume %s is readable by all", v.Name)
		}
	}
	for _, file := range []string{f.signingKey, f.hmac, f.appKeyPath} {
		if v := volumes[mounted[path.Dir(file)]]; v.Secret == nil {
			t.Errorf("%s is not in a secret's volume", file)
		}
	}
	v := volumes[mounted[path.Dir(f.config)]]
	if len(b.kustomization.ConfigMapGenerator) != 1 || v.ConfigMap == nil || v.ConfigMap.Name != b.kustomization.ConfigMapGenerator[0].Name ||
		!slices.Contains(b.kustomization.ConfigMapGenerator[0].Files, path.Base(f.config)) || !b.kustomization.GeneratorOptions.DisableNameSuffixHash {
		t.Errorf("%s is not the generated ConfigMap's", f.config)
	}
	env := map[string]bool{}
	for _, e := range c.Env {
		env[e.Name] = e.ValueFrom != nil && e.ValueFrom.SecretKeyRef != nil
	}
	for _, m := range regexp.MustCompile(`\$\(([A-Z_]+)\)`).FindAllStringSubmatch(strings.Join(c.Args, " "), -1) {
		if !env[m[1]] {
			t.Errorf("$(%s) is not set", m[1])
		}
	}
	example, err := os.ReadFile("../../config/examples/pilot.yaml")
	if err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(filepath.Join(deployDir, path.Base(f.config)))
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(string(example), string(text)); d != "" {
		t.Errorf("config/deploy/config.yaml is the pilot example, as kustomize reads nothing outside of its folder (-example +base):\n%s", d)
	}
	if _, err := config.Load(text); err != nil {
		t.Error(err)
	}
}
