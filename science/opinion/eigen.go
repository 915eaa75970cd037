package opinion

import (
	"math"

	"gonum.org/v1/gonum/mat"
)

const (
	wanted    = 2   // eigenvectors asked for
	block     = 3   // vectors a step; one more than wanted, so that the gap below is seen too
	mostKept  = 144 // vectors in the basis before it is condensed
	mostTurns = 100 // condensations after which the gap is beyond what the numbers can tell
)

// eigenpair is an eigenvalue and its unit vector.
type eigenpair struct {
	value  float64
	vector []float64
}

// top returns the leading eigenpairs of a matrix, largest first, at most two: block Krylov steps with full
// orthogonalisation and Rayleigh–Ritz (Golub & Van Loan 2013, Matrix Computations, §10.3.6), begun from the vectors
// of start, if any. It stops when an error in the vectors above tolerance is excluded by residual
// over gap (Davis & Kahan 1970), or rounding is reached. A multiple eigenvalue is no trouble, but then
// its vectors are any basis. Values not above 1e-12 of the first are rounding: they are left out.
func top(a symmetric, start [][]float64, tolerance float64) []eigenpair {
	m := a.order()
	k := &krylov{a: a, noise: newRandom(1, m)}
	for _, x := range start {
		if len(x) == m && len(k.basis) < m {
			k.join(append([]float64(nil), x...))
		}
	}
	for len(k.basis) < min(block, m) {
		k.join(k.random())
	}
	k.multiply()
	for {
		for range 3 { // the small problem costs too: look every third step
			if len(k.basis) < m && len(k.basis)+block <= mostKept {
				k.step()
			}
		}
		pairs, done := k.ritz(tolerance)
		if done || len(k.basis) >= m || k.turns == mostTurns {
			return present(pairs)
		}
		if len(k.basis)+block > mostKept {
			k.condense(pairs)
		}
	}
}

func present(pairs []ritzPair) []eigenpair {
	var out []eigenpair
	for _, p := range pairs[:min(wanted, len(pairs))] {
		if p.value > 0 && p.value > 1e-12*pairs[0].value {
			out = append(out, eigenpair{p.value, p.vector})
		}
	}
	return out
}

// krylov is an orthonormal basis, its products with the matrix, and the matrix seen in it.
type krylov struct {
	a            symmetric
	basis, image [][]float64
	projected    [][]float64 // projected[i][j] = basis_i · A basis_j, for j ≤ i
	noise        *random
	turns        int // condensations
}

func (k *krylov) random() []float64 {
	x := make([]float64, k.a.order())
	for i := range x {
		x[i] = k.noise.Share() - 0.5
	}
	return x
}

// join makes x orthogonal to the basis and adds it. A vector that lies in the basis already is replaced by a random one; one that nearly does is not,
// for near the end what is new in it is small.
func (k *krylov) join(x []float64) {
	for {
		before := norm(x)
		k.reduce(x)
		k.reduce(x) // twice is enough (Giraud, Langou & Rozložník 2005) …
		if after := norm(x); after > 1e-14*before && after > 0 {
			scale(1/after, x)
			k.reduce(x) // … unless nearly all cancelled: what was left may be rounding, and in the basis still
			if left := norm(x); left > 0.9 {
				scale(1/left, x)
				k.basis = append(k.basis, x)
				return
			}
		}
		x = k.random()
	}
}

// reduce takes off x what lies in the basis.
func (k *krylov) reduce(x []float64) {
	for _, q := range k.basis {
		axpy(-dot(q, x), q, x)
	}
}

// multiply fills in the products of the vectors that joined.
func (k *krylov) multiply() {
	m, from := k.a.order(), len(k.image)
	for range k.basis[from:] {
		k.image = append(k.image, make([]float64, m))
	}
	k.a.times(k.image[from:], k.basis[from:])
	for i := from; i < len(k.basis); i++ {
		line := make([]float64, i+1)
		for j := range line {
			line[j] = dot(k.image[i], k.basis[j])
		}
		k.projected = append(k.projected, line)
	}
}

// step adds the images of the last block.
func (k *krylov) step() {
	m, have := k.a.order(), len(k.basis)
	for i := have - min(block, have); i < have && len(k.basis) < m; i++ {
		k.join(append([]float64(nil), k.image[i]...))
	}
	k.multiply()
}

type ritzPair struct {
	value          float64
	vector, image  []float64
	residual, near float64 // near: distance to the closest other value
}

// ritz returns the best approximations in the basis, at most block, and whether those wanted are good enough.
func (k *krylov) ritz(tolerance float64) ([]ritzPair, bool) {
	n := len(k.basis)
	small := mat.NewSymDense(n, nil)
	var most float64
	for _, line := range k.projected {
		for _, x := range line {
			most = max(most, math.Abs(x))
		}
	}
	for i := range n {
		for j := range i + 1 {
			// What is below rounding is 0: gonum's EigenSym gives nonsense where entries span dozens of decades.
			if x := k.projected[i][j]; math.Abs(x) > 1e-17*most {
				small.SetSym(i, j, x)
			}
		}
	}
	var e mat.EigenSym
	if !e.Factorize(small, true) {
		return nil, true // cannot be: the numbers are finite
	}
	values := e.Values(nil)
	var vectors mat.Dense
	e.VectorsTo(&vectors)
	largest := math.Abs(values[n-1])
	var pairs []ritzPair
	done := true
	for p := range min(block, n) {
		at := n - 1 - p
		r := ritzPair{value: values[at], vector: make([]float64, k.a.order()), image: make([]float64, k.a.order()), near: math.Inf(1)}
		for i := range n {
			axpy(vectors.At(i, at), k.basis[i], r.vector)
			axpy(vectors.At(i, at), k.image[i], r.image)
		}
		var sum float64
		for i := range r.vector {
			d := r.image[i] - r.value*r.vector[i]
			sum += d * d
		}
		r.residual = math.Sqrt(sum)
		if at+1 < n {
			r.near = min(r.near, values[at+1]-values[at])
		}
		if at > 0 {
			r.near = min(r.near, values[at]-values[at-1])
		}
		if p < wanted && r.value > 1e-12*largest && r.residual > max(tolerance*r.near, 2e-14*largest) {
			done = false
		}
		pairs = append(pairs, r)
	}

	return pairs, done
}

// condense begins anew from the best vectors.
func (k *krylov) condense(pairs []ritzPair) {
	k.turns++
	k.basis, k.image, k.projected = nil, nil, nil
	for _, p := range pairs {
		k.join(p.vector)
	}
	k.multiply()
}

func dot(x, y []float64) float64 {
	var s float64
	y = y[:len(x)]
	for i, v := range x {
		s += v * y[i]
	}
	return s
}

func axpy(a float64, x, y []float64) {
	y = y[:len(x)]
	for i, v := range x {
		y[i] += a * v
	}
}

func scale(a float64, x []float64) {
	for i := range x {
		x[i] *= a
	}
}

func norm(x []float64) float64 { return math.Sqrt(dot(x, x)) }
