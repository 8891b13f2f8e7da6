package tlsdiag

import (
	"encoding/json"
	"os"
	"strings"
	"testing"
)

func hello(t testing.TB) []byte {
	data, err := os.ReadFile("../consumers/hello.bin")
	if err != nil {
		t.Fatal(err)
	}
	return data
}

func TestLayout(t *testing.T) {
	var want map[string]struct {
		Size    uintptr
		Members map[string][2]uintptr
	}
	data, err := os.ReadFile("../bindings/layout.json")
	if err != nil || json.Unmarshal(data, &want) != nil {
		t.Fatal("layout.json")
	}
	for key, got := range layout() {
		name, member, isMember := strings.Cut(key, ".")
		expected := want[name].Size
		if isMember {
			expected = want[name].Members[member][0]
		}
		if got != expected {
			t.Errorf("%s: %d here, %d in the library", key, got, expected)
		}
	}
}

func TestHello(t *testing.T) {
	got, err := DecodeClientHello(hello(t))
	if err != nil || got.ServerName != "a.example" ||
		got.VersionMax != 0x0303 || len(got.CipherSuites) != 1 ||
		got.CipherSuites[0] != 0xc02b || !strings.HasPrefix(got.JA4, "t12d") {
		t.Errorf("%+v, %v", got, err)
	}
	if _, err := DecodeClientHello([]byte("GET / HTTP/1.1")); err == nil {
		t.Error("HTTP is a hello")
	}
	if _, err := DecodeClientHello(nil); err == nil {
		t.Error("nothing is a hello")
	}
}

func TestFlow(t *testing.T) {
	flow := NewFlow()
	flow.Feed(Client, hello(t))
	flow.Feed(Server, []byte{21, 3, 3, 0, 2, 2, 112})
	flow.Close(Server, FIN)
	got := flow.Verdict()
	if got.Outcome != "failed" || got.Cause != "sni_unrecognized" ||
		got.Confidence < 50 || got.Text == "" || got.Advice == "" {
		t.Errorf("%+v", got)
	}
}

func TestText(t *testing.T) {
	flow := NewFlow()
	flow.Hint("remote error: tls: unknown certificate authority")
	if got := flow.Verdict(); !strings.Contains(got.Cause, "certificate") {
		t.Errorf("%+v", got)
	}
}

func BenchmarkHello(b *testing.B) {
	data := hello(b)
	for i := 0; i < b.N; i++ {
		if _, err := DecodeClientHello(data); err != nil {
			b.Fatal(err)
		}
	}
}
