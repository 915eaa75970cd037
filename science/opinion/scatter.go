package opinion

// mostGram is the number of statements up to which the sums over pairs of statements may be kept (16 bytes a
// pair, 8 more for the scatter matrix); above it, products go over the votes.
const mostGram = 4096

// worthPairs says whether sums over pairs of statements cost less than about fifty products over the votes do.
func worthPairs(v *Votes) bool {
	const products, few = 50, 512
	m := len(v.statements)
	pairs := products * m * m
	for _, row := range v.rows {
		pairs += len(row) * len(row) / 2
	}
	return m <= few || m <= mostGram && pairs <= products*4*v.count
}

// symmetric is a symmetric, positive semidefinite m × m matrix known by its products.
type symmetric interface {
	order() int
	// times sets each dst[b] to the matrix times src[b].
	times(dst, src [][]float64)
}

// tally counts the votes on one statement.
type tally struct{ agree, disagree, pass int }

func (t *tally) add(v Vote, n int) {
	switch v {
	case Agree:
		t.agree += n
	case Disagree:
		t.disagree += n
	default:
		t.pass += n
	}
}

// plus adds n times other.
func (t tally) plus(other tally, n int) tally {
	return tally{t.agree + n*other.agree, t.disagree + n*other.disagree, t.pass + n*other.pass}
}

func (t tally) votes() int { return t.agree + t.disagree + t.pass }

// mean is the mean vote, 0 if there is none.
func (t tally) mean() float64 {
	if t.votes() == 0 {
		return 0
	}
	return float64(t.agree-t.disagree) / float64(t.votes())
}

// pair holds sums over the participants who voted on both statements a and b, a ≤ b: how many they are, their
// votes on a, on b, and the product of the two. Whole numbers: exact in any order.
type pair struct{ both, a, b, product int32 }

// scatter is the m × m matrix Σ_i (v_ij − mean_j)(v_ik − mean_k), the sum over participants who voted on both; the same as
// after imputing missing votes by the mean, since an imputed vote is 0 once the mean is taken off.
// It is updated in O(m + votes of the participant) when a vote arrives.
type scatter struct {
	m, wide int       // columns, and columns for which there is room
	active  []bool    // false: the column is moderated out, and 0
	means   []float64 // per column, of the active ones
	pairs   []pair    // wide × wide, upper triangle
	matrix  []float64 // wide × wide
}

func newScatter(rows [][]cell, means []float64, active []bool) *scatter {
	m := len(means)
	s := &scatter{m: m, wide: m, active: active, means: means, pairs: make([]pair, m*m), matrix: make([]float64, m*m)}
	var row []cell
	for _, all := range rows {
		row = row[:0]
		for _, c := range all {
			if active[c.column()] {
				row = append(row, c)
			}
		}
		for at, c := range row {
			j, v := c.column(), int32(c.vote())
			line := s.pairs[j*m : (j+1)*m]
			for _, d := range row[at:] {
				w := int32(d.vote())
				p := &line[d.column()]
				p.both++
				p.a += v
				p.b += w
				p.product += v * w
			}
		}
	}
	for j := range m {
		s.renew(j)
	}
	return s
}

// widen adds a column without votes; room grows by doubling. It returns nil if there are too many for pairs.
func (s *scatter) widen(means []float64, active []bool) *scatter {
	if len(means) > mostGram {
		return nil
	}
	if s.m == s.wide {
		wide := min(mostGram, max(16, 2*s.wide))
		pairs, matrix := make([]pair, wide*wide), make([]float64, wide*wide)
		for j := range s.m {
			copy(pairs[j*wide:], s.pairs[j*s.wide:j*s.wide+s.m])
			copy(matrix[j*wide:], s.matrix[j*s.wide:j*s.wide+s.m])
		}
		s.wide, s.pairs, s.matrix = wide, pairs, matrix
	}
	s.m, s.means, s.active = s.m+1, means, active
	return s
}

// change takes a vote in (n = 1) or out (n = -1) of a row that holds its cell; then the mean changes, and renew is due.
func (s *scatter) change(row []cell, at int, n int32) {
	j, v := row[at].column(), int32(row[at].vote())
	if !s.active[j] {
		return
	}
	for _, d := range row {
		k, w := d.column(), int32(d.vote())
		if !s.active[k] {
			continue
		}
		a, b, va, vb := j, k, v, w
		if a > b {
			a, b, va, vb = k, j, w, v
		}
		p := &s.pairs[a*s.wide+b]
		p.both += n
		p.a += n * va
		p.b += n * vb
		p.product += n * v * w
	}
}

// renew computes row and column j of the matrix from the sums.
func (s *scatter) renew(j int) {
	for k := range s.m {
		if !s.active[j] || !s.active[k] {
			continue
		}
		a, b := min(j, k), max(j, k)
		p := s.pairs[a*s.wide+b]
		x := float64(p.product) - s.means[b]*float64(p.a) - s.means[a]*float64(p.b) + s.means[a]*s.means[b]*float64(p.both)
		s.matrix[j*s.wide+k], s.matrix[k*s.wide+j] = x, x
	}
}

func (s *scatter) order() int { return s.m }

func (s *scatter) times(dst, src [][]float64) {
	for b := 0; b < len(src); b += 3 { // three vectors a pass: the matrix is read from memory once
		x, y, z := src[b], src[min(b+1, len(src)-1)], src[min(b+2, len(src)-1)]
		for j := range s.m {
			line := s.matrix[j*s.wide : j*s.wide+s.m]
			x, y, z := x[:len(line)], y[:len(line)], z[:len(line)]
			var p, q, r float64
			for k, c := range line {
				p += c * x[k]
				q += c * y[k]
				r += c * z[k]
			}
			dst[b][j] = p
			if b+1 < len(dst) {
				dst[b+1][j] = q
			}
			if b+2 < len(dst) {
				dst[b+2][j] = r
			}
		}
	}
}

// product is the same matrix for many statements: O(votes) a product, nothing kept.
type product struct {
	rows   [][]cell
	means  []float64
	active []bool
}

func (p product) order() int { return len(p.means) }

func (p product) times(dst, src [][]float64) {
	for b := range dst {
		clear(dst[b])
	}
	for b := 0; b < len(src); b += 3 { // three vectors a pass over the votes
		b1, b2 := min(b+1, len(src)-1), min(b+2, len(src)-1)
		x, y, z := src[b], src[b1], src[b2]
		into := [3][]float64{dst[b], dst[b1], dst[b2]}
		only := min(3, len(src)-b)
		for _, row := range p.rows {
			var s [3]float64
			for _, c := range row {
				if j := c.column(); p.active[j] {
					d := float64(c.vote()) - p.means[j]
					s[0] += d * x[j]
					s[1] += d * y[j]
					s[2] += d * z[j]
				}
			}
			for _, c := range row {
				if j := c.column(); p.active[j] {
					d := float64(c.vote()) - p.means[j]
					for n := range only {
						into[n][j] += d * s[n]
					}
				}
			}
		}
	}
}
