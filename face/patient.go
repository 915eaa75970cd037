package face

import (
	"errors"
	"io"
	"net/http"
	"time"
)

// readerTakes is how long a reader may take for what is sent at once of a long answer.
const readerTakes = time.Minute

type patient struct {
	http.ResponseWriter
	control *http.ResponseController
}

// Patient sends a long answer to somebody who goes on reading: its time is bound for each part, not for the whole as that of other answers.
func Patient(w http.ResponseWriter) io.Writer { return patient{w, http.NewResponseController(w)} }

func (p patient) Write(b []byte) (int, error) {
	if err := p.control.SetWriteDeadline(time.Now().Add(readerTakes)); err != nil && !errors.Is(err, http.ErrNotSupported) {
		return 0, err
	}
	return p.ResponseWriter.Write(b)
}
