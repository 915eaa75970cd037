package mask

import (
	"testing"

	"skein/science/requests"
)

func BenchmarkFind(b *testing.B) {
	list := requests.Generate(requests.Plan{Seed: 4, Rows: 2000, Signed: 0.3})
	bytes := 0
	for i := 0; b.Loop(); i++ {
		text := list[i%len(list)].Text
		bytes += len(text)
		Find(text)
	}
	b.SetBytes(int64(bytes / b.N))
}
