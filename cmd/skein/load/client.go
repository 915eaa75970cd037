package load

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http/httputil"
	"strconv"
	"strings"
	"time"
)

// Client is one keep-alive connection that speaks just enough HTTP/1.1. It costs a tenth
// of net/http's, so that on a small machine the server is what is measured.
type Client struct {
	address string
	conn    net.Conn
	r       *bufio.Reader
	out     []byte
	in      bytes.Buffer
	// Patience bounds one exchange.
	Patience time.Duration

	cookies []string // that the last answer set: name=value
	sink    *sink    // takes the body instead of in
}

// NewClient talks to "127.0.0.1:8311"; it connects when first used and after a fault.
func NewClient(address string) *Client {
	return &Client{address: address, Patience: 30 * time.Second}
}

// Close closes the connection; the client may be used again.
func (c *Client) Close() {
	if c.conn != nil {
		c.conn.Close()
		c.conn = nil
	}
}

// Post sends a JSON body. The answer's body is good until the next call.
func (c *Client) Post(path, headers string, body []byte) (status int, answer []byte, err error) {
	return c.do("POST", path, "Content-Type: application/json\r\n"+headers, body)
}

// Get reads a page. The answer's body is good until the next call.
func (c *Client) Get(path string) (status int, answer []byte, err error) {
	return c.do("GET", path, "", nil)
}

// Fetch reads a page with headers, each ended by "\r\n".
func (c *Client) Fetch(path, headers string) (status int, answer []byte, err error) {
	return c.do("GET", path, headers, nil)
}

// sink counts what it throws away, and knows when it began.
type sink struct {
	n     int64
	first time.Time
}

func (s *sink) Write(b []byte) (int, error) {
	if s.n == 0 {
		s.first = time.Now()
	}
	s.n += int64(len(b))
	return len(b), nil
}

// Whole reads a long answer and keeps nothing of it: how many bytes it has, and how long its first took to come.
func (c *Client) Whole(path string) (status int, n int64, first time.Duration, err error) {
	began := time.Now()
	c.sink = &sink{first: began}
	defer func() { c.sink = nil }()
	status, _, err = c.Get(path)
	return status, c.sink.n, c.sink.first.Sub(began), err
}

// Form sends a form.
func (c *Client) Form(path, headers, fields string) (status int, answer []byte, err error) {
	return c.do("POST", path, "Content-Type: application/x-www-form-urlencoded\r\n"+headers, []byte(fields))
}

// Cookie is what the last answer set under a name, with or without the prefix that binds it to its host, as it is sent back: name=value; "" for none.
func (c *Client) Cookie(name string) string {
	for _, set := range c.cookies {
		if strings.HasPrefix(strings.TrimPrefix(set, "__Host-"), name+"=") {
			return set
		}
	}
	return ""
}

func (c *Client) do(method, path, headers string, body []byte) (status int, answer []byte, err error) {
	if c.conn == nil {
		if c.conn, err = net.DialTimeout("tcp", c.address, 5*time.Second); err != nil {
			c.conn = nil
			return 0, nil, err
		}
		c.r = bufio.NewReaderSize(c.conn, 8<<10)
	}
	defer func() {
		if err != nil {
			c.Close()
		}
	}()
	c.out = append(c.out[:0], method...)
	c.out = append(append(c.out, ' '), path...)
	c.out = append(append(append(c.out, " HTTP/1.1\r\nHost: "...), c.address...), "\r\n"...)
	c.out = append(c.out, headers...)
	if body != nil {
		c.out = strconv.AppendInt(append(c.out, "Content-Length: "...), int64(len(body)), 10)
		c.out = append(c.out, "\r\n"...)
	}
	c.out = append(append(c.out, "\r\n"...), body...)
	c.conn.SetDeadline(time.Now().Add(c.Patience))
	if _, err = c.conn.Write(c.out); err != nil {
		return 0, nil, err
	}
	return c.read()
}

var errNoHTTP = errors.New("load: the answer is no HTTP")

func (c *Client) read() (status int, answer []byte, err error) {
	line, err := c.r.ReadSlice('\n')
	if err != nil {
		return 0, nil, err
	}
	if len(line) < 12 || !bytes.HasPrefix(line, []byte("HTTP/1.1 ")) {
		return 0, nil, errNoHTTP
	}
	if status, err = strconv.Atoi(string(line[9:12])); err != nil {
		return 0, nil, errNoHTTP
	}
	length, last := -1, false
	c.cookies = c.cookies[:0]
	for {
		if line, err = c.r.ReadSlice('\n'); err != nil {
			return 0, nil, err
		}
		line = bytes.TrimRight(line, "\r\n")
		if len(line) == 0 {
			break
		}
		name, value, _ := bytes.Cut(line, []byte(": "))
		switch {
		case bytes.EqualFold(name, []byte("content-length")):
			if length, err = strconv.Atoi(string(value)); err != nil {
				return 0, nil, errNoHTTP
			}
		case bytes.EqualFold(name, []byte("set-cookie")):
			set, _, _ := strings.Cut(string(value), ";")
			c.cookies = append(c.cookies, set)
		case bytes.EqualFold(name, []byte("connection")):
			last = bytes.EqualFold(value, []byte("close"))
		}
	}
	c.in.Reset()
	var to io.Writer = &c.in
	if c.sink != nil {
		to = c.sink
	}
	switch {
	case length >= 0:
		_, err = io.CopyN(to, c.r, int64(length))
	case status == 204 || status == 304: // without a body (RFC 9110, 6.4.1)
	default:
		if _, err = io.Copy(to, httputil.NewChunkedReader(c.r)); err == nil {
			_, err = c.r.ReadSlice('\n') // the line after the last chunk
		}
	}
	if err != nil {
		return 0, nil, fmt.Errorf("load: the answer breaks off: %w", err)
	}
	if last {
		c.Close()
	}
	return status, c.in.Bytes(), nil
}
