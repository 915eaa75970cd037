package geo

import "math"

// orient is the sign of the turn a→b→c: 1 left, −1 right, 0 straight, exactly.
//
// The floating-point determinant decides when it is larger than its error bound
// (Shewchuk, Adaptive Precision Floating-Point Arithmetic and Fast Robust Geometric
// Predicates, 1997, §4.3); else the sixteen exact terms are summed without rounding.
// The positions must be dusted, so that no product underflows.
func orient(a, b, c Point) int {
	left := (a.Lon - c.Lon) * (b.Lat - c.Lat)
	right := (a.Lat - c.Lat) * (b.Lon - c.Lon)
	det := left - right
	if bound := 3.4e-16 * (math.Abs(left) + math.Abs(right)); det > bound {
		return 1
	} else if -det > bound {
		return -1
	}
	if left == 0 && right == 0 {
		return 0
	}
	return exactOrient(a, b, c)
}

func exactOrient(a, b, c Point) int {
	acx, acxTail := twoDiff(a.Lon, c.Lon)
	acy, acyTail := twoDiff(a.Lat, c.Lat)
	bcx, bcxTail := twoDiff(b.Lon, c.Lon)
	bcy, bcyTail := twoDiff(b.Lat, c.Lat)
	var sum [16]float64 // a nonoverlapping expansion, smallest first
	n := 0
	add := func(term float64) {
		for i := range n {
			term, sum[i] = twoSum(term, sum[i])
		}
		sum[n] = term
		n++
	}
	for _, f := range [8][2]float64{
		{acx, bcy}, {acx, bcyTail}, {acxTail, bcy}, {acxTail, bcyTail},
		{-acy, bcx}, {-acy, bcxTail}, {-acyTail, bcx}, {-acyTail, bcxTail},
	} {
		product := float64(f[0] * f[1])
		add(math.FMA(f[0], f[1], -product))
		add(product)
	}
	for i := n - 1; i >= 0; i-- {
		if sum[i] > 0 {
			return 1
		} else if sum[i] < 0 {
			return -1
		}
	}
	return 0
}

// twoSum returns the rounded sum and its error (Knuth).
func twoSum(a, b float64) (sum, tail float64) {
	sum = a + b
	bVirtual := sum - a
	return sum, (a - (sum - bVirtual)) + (b - bVirtual)
}

func twoDiff(a, b float64) (diff, tail float64) { return twoSum(a, -b) }

// dusted returns p with coordinates nearer zero than 1e-15° (a tenth of a nanometre) at zero.
func dusted(p Point) Point {
	const dust = 1e-15
	if p.Lon > -dust && p.Lon < dust {
		p.Lon = 0
	}
	if p.Lat > -dust && p.Lat < dust {
		p.Lat = 0
	}
	return p
}
