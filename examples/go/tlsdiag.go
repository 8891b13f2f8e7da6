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

// Registry of names.
type Registry uint32

// The registries most asked for; others have the numbers of the C header.
const (
	CipherSuite     Registry = C.TLSDIAG_REGISTRY_CIPHER_SUITE
	Group           Registry = C.TLSDIAG_REGISTRY_GROUP
	SignatureScheme Registry = C.TLSDIAG_REGISTRY_SIGNATURE_SCHEME
	Extension       Registry = C.TLSDIAG_REGISTRY_EXTENSION
	Alert           Registry = C.TLSDIAG_REGISTRY_ALERT
	Protocol        Registry = C.TLSDIAG_REGISTRY_VERSION
)

// Error is the library's word for a refused call.  Bytes that are merely wrong
// are no error: they are what the library is about.
type Error int

// The errors most asked for.
const (
	ErrMalformed Error = C.TLSDIAG_STATUS_E_MALFORMED
	ErrNotTLS    Error = C.TLSDIAG_STATUS_E_NOT_TLS
	ErrMore      Error = C.TLSDIAG_STATUS_MORE
)

func (e Error) Error() string {
	return "tlsdiag: " + name(C.TLSDIAG_REGISTRY_STATUS, C.uint32_t(e))
}

func check(status C.int) error {
	if status != C.TLSDIAG_STATUS_OK {
		return Error(status)
	}
	return nil
}

// ClientHello is what a program asks of a hello first.
type ClientHello struct {
	ServerName    string
	ALPN          []string
	VersionMax    uint16
	CipherSuites  []uint16
	Groups        []uint16
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

// Version of the library in memory.
func Version() (major, minor, patch int) {
	n := int(C.tlsdiag_version())
	return n >> 16, n >> 8 & 255, n & 255
}

// Name of a number, or the number in hexadecimal.
func Name(registry Registry, value uint32) string {
	return name(C.uint32_t(registry), C.uint32_t(value))
}

// Lookup finds the number behind a name, whatever its case.
func Lookup(registry Registry, name string) (value uint32, ok bool) {
	text := C.CString(name)
	defer C.free(unsafe.Pointer(text))
	var found C.uint32_t
	status := C.tlsdiag_name_lookup(C.uint32_t(registry), text,
		C.size_t(len(name)), &found)
	return uint32(found), status == C.TLSDIAG_STATUS_OK
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

func numbers(list []byte) []uint16 {
	var out []uint16
	for ; len(list) >= 2; list = list[2:] {
		out = append(out, uint16(list[0])<<8|uint16(list[1]))
	}
	return out
}

func names(list []byte) []string {
	var out []string
	for len(list) > 0 && len(list) > int(list[0]) {
		end := 1 + int(list[0])
		out = append(out, string(list[1:end]))
		list = list[end:]
	}
	return out
}

func formatOf(in unsafe.Pointer, length int) C.uint {
	var protocol C.uint
	C.tlsdiag_recognise((*C.uint8_t)(in), C.size_t(length),
		C.TLSDIAG_FROM_CLIENT, &protocol)
	switch protocol {
	case C.TLSDIAG_PROTOCOL_SSLV2:
		return C.TLSDIAG_FORMAT_SSLV2
	case C.TLSDIAG_PROTOCOL_DTLS:
		return C.TLSDIAG_FORMAT_DTLS
	}
	return C.TLSDIAG_FORMAT_TLS
}

// DecodeClientHello decodes the first message of stream bytes.  With an error
// that Is ErrMalformed comes the hello as far as it could be decoded; ErrMore
// asks for more bytes.
func DecodeClientHello(stream []byte) (*ClientHello, error) {
	if len(stream) == 0 {
		return nil, ErrMore
	}
	// C memory: the views of a decoded hello may not point into Go's.
	in := C.CBytes(stream)
	defer C.free(in)
	scratch := C.malloc(C.size_t(len(stream)))
	defer C.free(scratch)
	var msg C.tlsdiag_bytes
	err := check(C.tlsdiag_find_handshake((*C.uint8_t)(in),
		C.size_t(len(stream)), (*C.uint8_t)(scratch), C.size_t(len(stream)),
		&msg, nil))
	if err != nil {
		return nil, err
	}
	format := formatOf(in, len(stream))
	// Also C's: its address is kept in no Go pointer.
	hello := (*C.tlsdiag_client_hello)(C.calloc(1, C.sizeof_tlsdiag_client_hello))
	defer C.free(unsafe.Pointer(hello))
	hello.size = C.sizeof_tlsdiag_client_hello
	var where C.tlsdiag_where
	err = check(C.tlsdiag_client_hello_decode(msg.ptr, msg.len, format, hello,
		&where))
	if errors.Is(err, ErrMalformed) {
		err = fmt.Errorf("%w: %s at byte %d", err, name(C.TLSDIAG_REGISTRY_FIELD,
			C.uint32_t(where.field)), uint64(where.offset))
	} else if err != nil {
		return nil, err
	}
	out := &ClientHello{
		ServerName:    string(view(hello.server_name)),
		ALPN:          names(view(hello.alpn)),
		VersionMax:    uint16(hello.version_max),
		Groups:        numbers(view(hello.supported_groups)),
		NumExtensions: int(hello.num_extensions),
	}
	if format != C.TLSDIAG_FORMAT_SSLV2 { // whose suites have three bytes
		out.CipherSuites = numbers(view(hello.cipher_suites))
	}
	var ja4 [37]C.char
	if C.tlsdiag_ja4(hello, &ja4[0], C.size_t(len(ja4))) == C.TLSDIAG_STATUS_OK {
		out.JA4 = C.GoString(&ja4[0])
	}
	return out, err
}

// Explain says why, from an error text alone.
func Explain(text string) (Verdict, error) {
	return explain(text, C.TLSDIAG_PARTY_NONE)
}

// ExplainBy is Explain for a text whose writer the caller knows and the text
// may not show: "certificate has expired" means the client's certificate when a
// server says it.
func ExplainBy(writer Side, text string) (Verdict, error) {
	return explain(text, writer.party())
}

func explain(text string, writer C.uint8_t) (Verdict, error) {
	flow := NewFlow()
	if _, err := flow.hint(text, writer); err != nil {
		return Verdict{}, err
	}
	return flow.Verdict()
}

func (s Side) party() C.uint8_t {
	if s == Server {
		return C.TLSDIAG_PARTY_SERVER
	}
	return C.TLSDIAG_PARTY_CLIENT
}

// Flow is the handshake of one connection.  One goroutine at a time may use it.
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

// Feed gives the next bytes that a side sent, in slices of any size.
func (f *Flow) Feed(from Side, data []byte) error {
	defer runtime.KeepAlive(f)
	if len(data) == 0 {
		return nil
	}
	return check(C.tlsdiag_flow_feed(f.mem, C.uint(from), 0,
		(*C.uint8_t)(unsafe.Pointer(&data[0])), C.size_t(len(data)), nil))
}

// Close ends one side.
func (f *Flow) Close(from Side, how Close) error {
	defer runtime.KeepAlive(f)
	return check(C.tlsdiag_flow_close(f.mem, C.uint(from), C.uint(how), 0))
}

// Hint adds what an error text says; it returns how much was recognised.
func (f *Flow) Hint(text string) (int, error) {
	return f.hint(text, C.TLSDIAG_PARTY_NONE)
}

// HintBy is Hint for a text whose writer is known.
func (f *Flow) HintBy(writer Side, text string) (int, error) {
	return f.hint(text, writer.party())
}

func (f *Flow) hint(text string, writer C.uint8_t) (int, error) {
	defer runtime.KeepAlive(f)
	var hints [8]C.tlsdiag_hint
	for i := range hints {
		hints[i].size = C.sizeof_tlsdiag_hint
	}
	raw := C.CString(text)
	defer C.free(unsafe.Pointer(raw))
	count := C.size_t(len(hints))
	told := C.tlsdiag_text_options{size: C.sizeof_tlsdiag_text_options, side: writer}
	err := check(C.tlsdiag_text_scan_with((*C.uint8_t)(unsafe.Pointer(raw)),
		C.size_t(len(text)), &told, &hints[0], C.sizeof_tlsdiag_hint, &count))
	if int(count) > len(hints) {
		count = C.size_t(len(hints))
	}
	for i := 0; i < int(count) && err == nil; i++ {
		err = check(C.tlsdiag_flow_hint(f.mem, &hints[i], 0))
	}
	return int(count), err
}

// Observations are the facts learnt so far, in words, in order.
func (f *Flow) Observations() []string {
	defer runtime.KeepAlive(f)
	var out []string
	for i := C.uint(0); i < C.tlsdiag_flow_num_observations(f.mem); i++ {
		var o C.tlsdiag_observation
		o.size = C.sizeof_tlsdiag_observation
		if C.tlsdiag_flow_observation(f.mem, i, &o) == C.TLSDIAG_STATUS_OK {
			var text [512]C.char
			C.tlsdiag_observation_text(&o, &text[0], C.size_t(len(text)))
			out = append(out, C.GoString(&text[0]))
		}
	}
	return out
}

// Verdict says why; it may be asked at any time.
func (f *Flow) Verdict() (Verdict, error) {
	defer runtime.KeepAlive(f)
	var v C.tlsdiag_verdict
	v.size = C.sizeof_tlsdiag_verdict
	if err := check(C.tlsdiag_classify(f.mem, &v)); err != nil {
		return Verdict{}, err
	}
	var text [4096]C.char
	C.tlsdiag_explain(f.mem, &v, 0, &text[0], C.size_t(len(text)))
	id := C.uint32_t(v.causes[0].id)
	return Verdict{
		Outcome:    name(C.TLSDIAG_REGISTRY_OUTCOME, C.uint32_t(v.outcome)),
		Cause:      name(C.TLSDIAG_REGISTRY_CAUSE, id),
		Confidence: int(v.causes[0].confidence),
		Party:      name(C.TLSDIAG_REGISTRY_PARTY, C.uint32_t(v.causes[0].party)),
		Text:       C.GoString(&text[0]),
		Advice:     C.GoString(C.tlsdiag_cause_text(id, C.TLSDIAG_SECTION_ADVICE)),
	}, nil
}
