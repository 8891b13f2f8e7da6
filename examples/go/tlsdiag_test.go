package tlsdiag

import (
	"errors"
	"fmt"
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
	if err := checkLayout(structs); err != nil {
		t.Error(err)
	}
	type bytes struct {
		len uintptr
		ptr uintptr
	}
	type where struct {
		offset uint64
		want   [100]uint32
	}
	type anomaly struct {
		kind uint16
		flag uint16
	}
	for want, wrong := range map[string]map[string]any{
		"tlsdiag: tlsdiag_bytes.len lies elsewhere":  {"tlsdiag_bytes": bytes{}},
		"tlsdiag: tlsdiag_where has 408 bytes here":  {"tlsdiag_where": where{}},
		"tlsdiag: tlsdiag_anomaly.flag lies":         {"tlsdiag_anomaly": anomaly{}},
		"tlsdiag: tlsdiag_gone has 8 bytes here and": {"tlsdiag_gone": int64(0)},
	} {
		err := checkLayout(wrong)
		if err == nil || !strings.HasPrefix(err.Error(), want) {
			t.Errorf("%v, not %s", err, want)
		}
	}
	older := map[string]any{"tlsdiag_anomaly": struct{ kind, field uint16 }{}}
	if err := checkLayout(older); err != nil { // the library has grown
		t.Error(err)
	}
}

func TestHello(t *testing.T) {
	got, err := DecodeClientHello(hello(t))
	if err != nil || got.ServerName != "a.example" ||
		got.VersionMax != 0x0303 || len(got.CipherSuites) != 1 ||
		got.CipherSuites[0] != 0xc02b || !strings.HasPrefix(got.JA4, "t12d") {
		t.Errorf("%+v, %v", got, err)
	}
}

func TestBrokenHello(t *testing.T) {
	data := hello(t)
	data[len(data)-11] = 0x7f // the name claims to be longer
	got, err := DecodeClientHello(data)
	if !errors.Is(err, ErrMalformed) || !strings.Contains(err.Error(), "server_name") {
		t.Error(err)
	}
	if got == nil || len(got.CipherSuites) != 1 || got.ServerName != "" {
		t.Errorf("%+v", got)
	}
}

func TestNoHello(t *testing.T) {
	_, err := DecodeClientHello([]byte("GET / HTTP/1.1"))
	if !errors.Is(err, ErrNotTLS) || err.Error() != "tlsdiag: e_not_tls" {
		t.Error(err)
	}
	for end := range hello(t) {
		if _, err := DecodeClientHello(hello(t)[:end]); err == nil {
			t.Errorf("%d bytes are a hello", end)
		}
	}
}

func TestFlow(t *testing.T) {
	flow := NewFlow()
	for _, b := range hello(t) {
		if err := flow.Feed(Client, []byte{b}); err != nil {
			t.Fatal(err)
		}
	}
	if got, err := flow.Verdict(); err != nil || got.Outcome != "incomplete" {
		t.Errorf("%+v, %v", got, err)
	}
	flow.Feed(Server, []byte{21, 3, 3, 0, 2, 2, 112})
	flow.Close(Server, FIN)
	got, err := flow.Verdict()
	if err != nil || got.Outcome != "failed" || got.Cause != "sni_unrecognized" ||
		got.Party != "client" || got.Confidence < 50 || got.Text == "" ||
		got.Advice == "" {
		t.Errorf("%+v, %v", got, err)
	}
	if all := strings.Join(flow.Observations(), "\n"); !strings.Contains(all,
		"unrecognized_name") {
		t.Error(all)
	}
	if err := flow.Feed(Side(7), []byte{1}); err == nil {
		t.Error("a third side")
	}
}

func TestText(t *testing.T) {
	got, err := Explain("remote error: tls: unknown certificate authority")
	if err != nil || !strings.Contains(got.Cause, "certificate") {
		t.Errorf("%+v, %v", got, err)
	}
	if count, err := NewFlow().Hint("the weather is fine"); count != 0 || err != nil {
		t.Error(count, err)
	}
}

func TestTextByWriter(t *testing.T) {
	const text = "certificate has expired"
	for writer, want := range map[Side]string{
		Client: "server_certificate_expired",
		Server: "client_certificate_expired",
	} {
		got, err := ExplainBy(writer, text)
		if err != nil || got.Cause != want {
			t.Errorf("%d: %+v, %v", writer, got, err)
		}
	}
	if got, err := Explain(text); err != nil || got.Cause != "server_certificate_expired" {
		t.Errorf("%+v, %v", got, err)
	}
}

func TestNames(t *testing.T) {
	if got := Name(CipherSuite, 0x1301); got != "TLS_AES_128_GCM_SHA256" {
		t.Error(got)
	}
	if got := Name(CipherSuite, 0xfafb); got != "0xfafb" {
		t.Error(got)
	}
	if value, ok := Lookup(CipherSuite, "tls_aes_128_gcm_sha256"); value != 0x1301 || !ok {
		t.Error(value, ok)
	}
	if _, ok := Lookup(CipherSuite, "no such suite"); ok {
		t.Error("it is known")
	}
	if major, minor, _ := Version(); major != 0 || minor != 1 {
		t.Error(major, minor)
	}
}

func ExampleExplain() {
	verdict, err := Explain("error:0A0000C1:SSL routines::no shared cipher")
	fmt.Println(verdict.Cause, err)
	// Output: no_shared_cipher <nil>
}

func BenchmarkHello(b *testing.B) {
	data := hello(b)
	for i := 0; i < b.N; i++ {
		if _, err := DecodeClientHello(data); err != nil {
			b.Fatal(err)
		}
	}
}
