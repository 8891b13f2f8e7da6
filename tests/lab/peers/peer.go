// One TLS server or client of Go's crypto/tls, driven by key=value arguments:
//
//	peer srv|cli HOST PORT [key=value ...]
//
// Keys: cert key ca min max suites groups alpn sni auth=require verify=1
// strict=1 (refuse unknown names) early=1 resume=N renegotiate=1 stall=SECONDS
package main

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"strings"
	"time"
)

var versions = map[string]uint16{"1.0": 0x301, "1.1": 0x302, "1.2": 0x303,
	"1.3": 0x304}
var groups = map[string]tls.CurveID{"P-256": tls.CurveP256,
	"P-384": tls.CurveP384, "P-521": tls.CurveP521, "X25519": tls.X25519}

func options() map[string]string {
	keys := map[string]string{}
	for _, word := range os.Args[4:] {
		name, value, _ := strings.Cut(word, "=")
		keys[name] = value
	}
	return keys
}

func must(err error) {
	if err != nil {
		fmt.Println("ERR", err)
		os.Exit(1)
	}
}

func pool(file string) *x509.CertPool {
	text, err := os.ReadFile(file)
	must(err)
	roots := x509.NewCertPool()
	roots.AppendCertsFromPEM(text)
	return roots
}

func suite(name string) uint16 {
	for _, known := range append(tls.CipherSuites(),
		tls.InsecureCipherSuites()...) {
		if known.Name == name {
			return known.ID
		}
	}
	must(errors.New("no suite " + name))
	return 0
}

func config(keys map[string]string) *tls.Config {
	c := &tls.Config{MinVersion: versions["1.0"],
		MaxVersion: versions[keys["max"]], ServerName: keys["sni"]}
	if keys["min"] != "" {
		c.MinVersion = versions[keys["min"]]
	}
	if keys["cert"] != "" {
		pair, err := tls.LoadX509KeyPair(keys["cert"], keys["key"])
		must(err)
		// The client sends its certificate even if no CA name of the server
		// fits, as other stacks do.
		c.Certificates = []tls.Certificate{pair}
		c.GetClientCertificate = func(*tls.CertificateRequestInfo) (
			*tls.Certificate, error) {
			return &pair, nil
		}
	}
	for _, name := range split(keys["suites"]) {
		c.CipherSuites = append(c.CipherSuites, suite(name))
	}
	for _, name := range split(keys["groups"]) {
		c.CurvePreferences = append(c.CurvePreferences, groups[name])
	}
	c.NextProtos = split(keys["alpn"])
	return c
}

func split(list string) []string {
	if list == "" {
		return nil
	}
	return strings.Split(list, ":")
}

func serve(address string, keys map[string]string) {
	c := config(keys)
	if keys["auth"] == "require" {
		c.ClientAuth = tls.RequireAndVerifyClientCert
		c.ClientCAs = pool(keys["ca"])
	}
	if keys["strict"] != "" {
		c.GetConfigForClient = func(hello *tls.ClientHelloInfo) (*tls.Config,
			error) {
			if hello.ServerName != keys["strict"] {
				return nil, fmt.Errorf("no such name: %q", hello.ServerName)
			}
			return nil, nil
		}
	}
	listener, err := net.Listen("tcp", address)
	must(err)
	for {
		conn, err := listener.Accept()
		must(err)
		go answer(tls.Server(conn, c))
	}
}

func answer(conn *tls.Conn) {
	defer conn.Close()
	conn.SetDeadline(time.Now().Add(9 * time.Second))
	if err := conn.Handshake(); err != nil {
		fmt.Println("ERR", err)
		return
	}
	fmt.Println("OK", conn.ConnectionState().Version)
	buffer := make([]byte, 1000)
	if _, err := conn.Read(buffer); err != nil {
		fmt.Println("READ", err)
		return
	}
	fmt.Fprint(conn, "HTTP/1.0 200 OK\r\n\r\nhello\n")
}

func connect(address string, keys map[string]string) {
	c := config(keys)
	c.InsecureSkipVerify = keys["verify"] == ""
	c.ClientSessionCache = tls.NewLRUClientSessionCache(4)
	if keys["ca"] != "" {
		c.RootCAs = pool(keys["ca"])
	}
	if keys["renegotiate"] != "" {
		c.Renegotiation = tls.RenegotiateOnceAsClient
	}
	times := 1
	fmt.Sscan(keys["resume"], &times)
	for ; times > 0; times-- {
		request(address, c, keys)
	}
}

func request(address string, c *tls.Config, keys map[string]string) {
	seconds := 8.0
	fmt.Sscan(keys["timeout"], &seconds)
	wait := time.Duration(seconds * float64(time.Second))
	raw, err := net.DialTimeout("tcp", address, wait)
	must(err)
	defer raw.Close()
	raw.SetDeadline(time.Now().Add(wait))
	conn := tls.Client(raw, c)
	must(conn.Handshake())
	if keys["veto"] != "" {
		// An application that dislikes what it was shown.
		conn.Close()
		must(errors.New("the application refused the certificate"))
	}
	_, err = conn.Write([]byte("GET / HTTP/1.0\r\nHost: x\r\n\r\n"))
	must(err)
	text, err := io.ReadAll(conn)
	if len(text) == 0 {
		must(err)
	}
	state := conn.ConnectionState()
	fmt.Printf("OK %x resumed=%v %d bytes\n", state.Version, state.DidResume,
		len(text))
	conn.Close()
}

func main() {
	address := net.JoinHostPort(os.Args[2], os.Args[3])
	if os.Args[1] == "srv" {
		serve(address, options())
	}
	connect(address, options())
}
