package splitmix

import "testing"

// The first numbers of the seed 1234567, as the authors' C program (prng.di.unimi.it, splitmix64.c, public domain) prints them.
func TestAsPublished(t *testing.T) {
	s := Source(1234567)
	for i, want := range []uint64{6457827717110365317, 3203168211198807973, 9817491932198370423, 4593380528125082431, 16408922859458223821} {
		if got := s.Next(); got != want {
			t.Errorf("number %d is %d, want %d", i, got, want)
		}
	}
}

func TestShare(t *testing.T) {
	s, sum := Source(1), 0.0
	for range 1_000_000 {
		x := s.Share()
		if x < 0 || x >= 1 {
			t.Fatal(x)
		}
		sum += x
	}
	if mean := sum / 1_000_000; mean < 0.499 || mean > 0.501 {
		t.Errorf("the mean is %f", mean)
	}
}
