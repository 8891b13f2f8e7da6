// Package tlsdiag says why a TLS handshake failed: libtlsdiag through cgo.
//
// The compiler finds the library by CGO_CFLAGS and CGO_LDFLAGS, or where it is
// installed.  Numbers are the header's own: C.TLSDIAG_*.
package tlsdiag

/*
#cgo LDFLAGS: -ltlsdiag
#include <stdlib.h>
#include <tlsdiag/tlsdiag.h>
*/
import "C"

import (
	"errors"
	"fmt"
	"runtime"
	"unsafe"
)

// Side of a connection.
type Side uint

// The two sides.
const (
	Client Side = C.TLSDIAG_FROM_CLIENT
	Server Side = C.TLSDIAG_FROM_SERVER
)

// How a side ended the connection.
type Close uint

// The ways.
const (
	FIN     Close = C.TLSDIAG_CLOSE_FIN
	RST     Close = C.TLSDIAG_CLOSE_RST
	Timeout Close = C.TLSDIAG_CLOSE_TIMEOUT
	Local   Close = C.TLSDIAG_CLOSE_LOCAL
)

// ClientHello is what a program asks of a hello first.
type ClientHello struct {
	ServerName    string
	ALPN          []string
	VersionMax    uint16
	CipherSuites  []uint16
	NumExtensions int
	JA4           string
}

// Verdict is the best answer to "why".
type Verdict struct {
	Outcome    string
	Cause      string
	Confidence int
	Party      string
	Text       string // a paragraph with the evidence
	Advice     string
}

func name(registry, value C.uint32_t) string {
	text := C.tlsdiag_name(registry, value)
	if text == nil {
		return fmt.Sprintf("0x%x", uint32(value))
	}
	return C.GoString(text)
}

func view(b C.tlsdiag_bytes) []byte {
	return C.GoBytes(unsafe.Pointer(b.ptr), C.int(b.len))
}

// DecodeClientHello decodes the first message of stream bytes.
func DecodeClientHello(stream []byte) (*ClientHello, error) {
	if len(stream) == 0 {
		return nil, errors.New("tlsdiag: no bytes")
	}
	// C memory: the views of a decoded hello may not point into Go's.
	in := C.CBytes(stream)
	defer C.free(in)
	scratch := C.malloc(C.size_t(len(stream)))
	defer C.free(scratch)
	var msg C.tlsdiag_bytes
	status := C.tlsdiag_find_handshake((*C.uint8_t)(in), C.size_t(len(stream)),
		(*C.uint8_t)(scratch), C.size_t(len(stream)), &msg, nil)
	if status != C.TLSDIAG_STATUS_OK {
		return nil, fmt.Errorf("tlsdiag: %s",
			name(C.TLSDIAG_REGISTRY_STATUS, C.uint32_t(status)))
	}
	var protocol C.uint
	C.tlsdiag_recognise((*C.uint8_t)(in), C.size_t(len(stream)),
		C.TLSDIAG_FROM_CLIENT, &protocol)
	format := C.uint(C.TLSDIAG_FORMAT_TLS)
	if protocol == C.TLSDIAG_PROTOCOL_SSLV2 {
		format = C.TLSDIAG_FORMAT_SSLV2
	}
	// Also C's: its address is kept in no Go pointer.
	hello := (*C.tlsdiag_client_hello)(C.calloc(1, C.sizeof_tlsdiag_client_hello))
	defer C.free(unsafe.Pointer(hello))
	hello.size = C.sizeof_tlsdiag_client_hello
	status = C.tlsdiag_client_hello_decode(msg.ptr, msg.len, format, hello, nil)
	if status != C.TLSDIAG_STATUS_OK {
		return nil, fmt.Errorf("tlsdiag: %s",
			name(C.TLSDIAG_REGISTRY_STATUS, C.uint32_t(status)))
	}
	out := &ClientHello{
		ServerName:    string(view(hello.server_name)),
		VersionMax:    uint16(hello.version_max),
		NumExtensions: int(hello.num_extensions),
	}
	var ja4 [37]C.char
	if C.tlsdiag_ja4(hello, &ja4[0], C.size_t(len(ja4))) == C.TLSDIAG_STATUS_OK {
		out.JA4 = C.GoString(&ja4[0])
	}
	alpn := view(hello.alpn)
	for len(alpn) > 0 {
		end := 1 + int(alpn[0])
		out.ALPN = append(out.ALPN, string(alpn[1:end]))
		alpn = alpn[end:]
	}
	suites := view(hello.cipher_suites)
	for i := 0; i+1 < len(suites) && format == C.TLSDIAG_FORMAT_TLS; i += 2 {
		out.CipherSuites = append(out.CipherSuites,
			uint16(suites[i])<<8|uint16(suites[i+1]))
	}
	return out, nil
}

// Flow is the handshake of one connection.
type Flow struct {
	mem *C.tlsdiag_flow
}

// NewFlow makes one; its memory goes with it.
func NewFlow() *Flow {
	f := &Flow{(*C.tlsdiag_flow)(C.malloc(C.sizeof_tlsdiag_flow))}
	C.tlsdiag_flow_init(f.mem, C.sizeof_tlsdiag_flow, nil)
	runtime.SetFinalizer(f, func(f *Flow) { C.free(unsafe.Pointer(f.mem)) })
	return f
}

// Feed gives the next bytes that a side sent.
func (f *Flow) Feed(from Side, data []byte) {
	if len(data) > 0 {
		C.tlsdiag_flow_feed(f.mem, C.uint(from), 0,
			(*C.uint8_t)(unsafe.Pointer(&data[0])), C.size_t(len(data)), nil)
	}
	runtime.KeepAlive(f)
}

// Close ends one side.
func (f *Flow) Close(from Side, how Close) {
	C.tlsdiag_flow_close(f.mem, C.uint(from), C.uint(how), 0)
	runtime.KeepAlive(f)
}

// Hint adds what an error text says.
func (f *Flow) Hint(text string) {
	var hints [8]C.tlsdiag_hint
	for i := range hints {
		hints[i].size = C.sizeof_tlsdiag_hint
	}
	raw := C.CString(text)
	defer C.free(unsafe.Pointer(raw))
	count := C.size_t(len(hints))
	C.tlsdiag_text_scan((*C.uint8_t)(unsafe.Pointer(raw)), C.size_t(len(text)),
		&hints[0], C.sizeof_tlsdiag_hint, &count)
	for i := 0; i < int(count) && i < len(hints); i++ {
		C.tlsdiag_flow_hint(f.mem, &hints[i], 0)
	}
	runtime.KeepAlive(f)
}

// Verdict says why.
func (f *Flow) Verdict() Verdict {
	var v C.tlsdiag_verdict
	v.size = C.sizeof_tlsdiag_verdict
	C.tlsdiag_classify(f.mem, &v)
	var text [4096]C.char
	C.tlsdiag_explain(f.mem, &v, 0, &text[0], C.size_t(len(text)))
	runtime.KeepAlive(f)
	id := C.uint32_t(v.causes[0].id)
	return Verdict{
		Outcome:    name(C.TLSDIAG_REGISTRY_OUTCOME, C.uint32_t(v.outcome)),
		Cause:      name(C.TLSDIAG_REGISTRY_CAUSE, id),
		Confidence: int(v.causes[0].confidence),
		Party:      name(C.TLSDIAG_REGISTRY_PARTY, C.uint32_t(v.causes[0].party)),
		Text:       C.GoString(&text[0]),
		Advice:     C.GoString(C.tlsdiag_cause_text(id, C.TLSDIAG_SECTION_ADVICE)),
	}
}

// layout tells where Go believes members to be, for the test.
func layout() map[string]uintptr {
	var h C.tlsdiag_client_hello
	var v C.tlsdiag_verdict
	return map[string]uintptr{
		"tlsdiag_client_hello":                      unsafe.Sizeof(h),
		"tlsdiag_client_hello.server_name":          unsafe.Offsetof(h.server_name),
		"tlsdiag_client_hello.application_settings": unsafe.Offsetof(h.application_settings),
		"tlsdiag_verdict":                           unsafe.Sizeof(v),
		"tlsdiag_verdict.causes":                    unsafe.Offsetof(v.causes),
		"tlsdiag_hint":                              unsafe.Sizeof(C.tlsdiag_hint{}),
		"tlsdiag_where":                             unsafe.Sizeof(C.tlsdiag_where{}),
	}
}
