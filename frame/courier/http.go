package courier

import (
	"context"
	"errors"
	"io"
	"net/http"
	"strings"

	"skein/frame/outward"
)

// post sends a body and judges the answer. Redirects are not followed.
func post(ctx context.Context, client *http.Client, url, media string, header map[string]string, body string) error {
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, url, strings.NewReader(body))
	if err != nil {
		return &Failure{Key: "courier.bad_address", Permanent: true, Cause: err}
	}
	req.Header.Set("Content-Type", media)
	req.Header.Set("User-Agent", "Skein")
	for name, value := range header {
		req.Header.Set(name, value)
	}
	res, err := client.Do(req)
	if errors.Is(err, outward.ErrPrivate) {
		return &Failure{Key: "courier.private_target", Permanent: true, Cause: err}
	}
	if err != nil {
		return &Failure{Key: "courier.no_answer", Cause: err}
	}
	defer res.Body.Close()
	_, _ = io.CopyN(io.Discard, res.Body, 4096) // so that the connection can serve again; what it says does not matter
	return judge(res.StatusCode)
}

// judge sorts HTTP statuses (RFC 9110): 2xx taken; 408, 425, 429 and 5xx for now; the
// rest for good.
func judge(status int) error {
	switch {
	case status >= 200 && status < 300:
		return nil
	case status >= 300 && status < 400:
		return &Failure{Key: "courier.moved", Status: status, Permanent: true}
	case status == http.StatusRequestTimeout, status == http.StatusTooEarly, status == http.StatusTooManyRequests, status >= 500:
		return &Failure{Key: "courier.refused_for_now", Status: status}
	}
	return &Failure{Key: "courier.refused", Status: status, Permanent: true}
}
