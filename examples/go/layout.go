package tlsdiag

/*
#include <stdlib.h>
#include <tlsdiag/tlsdiag.h>
*/
import "C"

import (
	"fmt"
	"reflect"
	"strings"
	"unsafe"
)

// What cgo made of the header this package was compiled with.
var structs = map[string]any{
	"tlsdiag_bytes":        C.tlsdiag_bytes{},
	"tlsdiag_where":        C.tlsdiag_where{},
	"tlsdiag_anomaly":      C.tlsdiag_anomaly{},
	"tlsdiag_client_hello": C.tlsdiag_client_hello{},
	"tlsdiag_hint":         C.tlsdiag_hint{},
	"tlsdiag_observation":  C.tlsdiag_observation{},
	"tlsdiag_cause":        C.tlsdiag_cause{},
	"tlsdiag_verdict":      C.tlsdiag_verdict{},
}

// The library in memory may be another one than the header told of.
func init() {
	if err := checkLayout(structs); err != nil {
		panic(err)
	}
}

// place tells where the library has a struct or member.
func place(name string) (offset, size uintptr, ok bool) {
	text := C.CString(name)
	defer C.free(unsafe.Pointer(text))
	var at, length C.uint32_t
	status := C.tlsdiag_layout(text, &at, &length)
	return uintptr(at), uintptr(length), status == C.TLSDIAG_STATUS_OK
}

// checkLayout compares structs with the library's own, which may go on behind.
func checkLayout(structs map[string]any) error {
	for name, value := range structs {
		kind := reflect.TypeOf(value)
		if _, size, ok := place(name); !ok || kind.Size() > size {
			return fmt.Errorf("tlsdiag: %s has %d bytes here and %d in libtlsdiag",
				name, kind.Size(), size)
		}
		for i := 0; i < kind.NumField(); i++ {
			field := kind.Field(i)
			member := name + "." + strings.TrimPrefix(field.Name, "_") // of _type
			offset, size, ok := place(member)
			if !ok || offset != field.Offset || size != field.Type.Size() {
				return fmt.Errorf("tlsdiag: %s lies elsewhere in libtlsdiag", member)
			}
		}
	}
	return nil
}
