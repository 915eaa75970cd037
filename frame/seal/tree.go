package seal

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"golang.org/x/mod/sumdb/tlog"

	"skein/frame/civic"
	"skein/frame/journal"
	"skein/frame/store"
)

const (
	tileHeight = 8
	tileWidth  = 1 << tileHeight
)

var (
	tileTable = &store.Table{Name: "seal_tiles", Key: 4, Replace: true, Columns: store.Columns("realm:t log:i level:i tile:i hashes:b")}
	leafTable = &store.Table{Name: "seal_leaves", Key: 3, Columns: store.Columns("realm:t log:i leaf:i count:i position:i entry:b")}
)

// edge is the right edge of a tree, to which leaves are added: the last tile of each level, not yet full.
type edge struct {
	realm civic.Realm
	log   int64
	size  int64
	parts [][]byte
	full  []store.Row // tiles that were filled
}

// readEdge reads the right edge of a tree of a size.
func readEdge(ctx context.Context, q journal.Querier, realm civic.Realm, log, size int64) (*edge, error) {
	e := &edge{realm: realm, log: log, size: size}
	for level, n := 0, size; n > 0; level, n = level+1, n>>tileHeight {
		width := int(n % tileWidth)
		var part []byte
		if width > 0 {
			hashes, err := readTile(ctx, q, realm, log, level, n>>tileHeight)
			if err != nil {
				return nil, err
			}
			if len(hashes) < width*tlog.HashSize {
				return nil, fmt.Errorf("seal: tile %d of level %d has %d hashes, not %d", n>>tileHeight, level, len(hashes)/tlog.HashSize, width)
			}
			part = append(make([]byte, 0, tileWidth*tlog.HashSize), hashes[:width*tlog.HashSize]...)
		}
		e.parts = append(e.parts, part)
	}
	return e, nil
}

// add appends a leaf.
func (e *edge) add(entry []byte) {
	h := tlog.RecordHash(entry)
	at := e.size
	e.size++
	for level := 0; ; level++ {
		if level == len(e.parts) {
			e.parts = append(e.parts, nil)
		}
		e.parts[level] = append(e.parts[level], h[:]...)
		at >>= tileHeight // the tile that the hash is in
		if len(e.parts[level]) < tileWidth*tlog.HashSize {
			return
		}
		e.full = append(e.full, store.Row{string(e.realm), e.log, int64(level), at, e.parts[level]})
		h = tileRoot(e.parts[level])
		e.parts[level] = nil
	}
}

// rows are the tiles that are new or wider.
func (e *edge) rows() []store.Row {
	rows := e.full
	for level, part := range e.parts {
		if len(part) > 0 {
			rows = append(rows, store.Row{string(e.realm), e.log, int64(level), e.size >> (tileHeight * (level + 1)), part})
		}
	}
	return rows
}

// root is the tree's hash.
func (e *edge) root() (tlog.Hash, error) {
	return tlog.TreeHash(e.size, hashes(func(level int, tile int64) ([]byte, error) {
		if level < len(e.parts) && tile == e.size>>(tileHeight*(level+1)) {
			return e.parts[level], nil
		}
		return nil, fmt.Errorf("seal: tile %d of level %d is not at the edge", tile, level)
	}))
}

// tileRoot is the hash over a full tile.
func tileRoot(data []byte) tlog.Hash {
	row := make([]tlog.Hash, len(data)/tlog.HashSize)
	for i := range row {
		row[i] = tlog.Hash(data[i*tlog.HashSize:])
	}
	for len(row) > 1 {
		for i := range len(row) / 2 {
			row[i] = tlog.NodeHash(row[2*i], row[2*i+1])
		}
		row = row[:len(row)/2]
	}
	return row[0]
}

// hashes reads single hashes out of tiles.
func hashes(tile func(level int, tile int64) ([]byte, error)) tlog.HashReader {
	return tlog.HashReaderFunc(func(indexes []int64) ([]tlog.Hash, error) {
		type place struct {
			level int
			tile  int64
		}
		read := map[place][]byte{}
		out := make([]tlog.Hash, len(indexes))
		for i, index := range indexes {
			t := tlog.TileForIndex(tileHeight, index)
			at := place{t.L, t.N}
			data, ok := read[at]
			if !ok {
				var err error
				if data, err = tile(t.L, t.N); err != nil {
					return nil, err
				}
				read[at] = data
			}
			var err error
			if out[i], err = tlog.HashFromTile(t, data, index); err != nil {
				return nil, err
			}
		}
		return out, nil
	})
}

// stored reads hashes of a log's tiles in the database.
func stored(ctx context.Context, q journal.Querier, realm civic.Realm, log int64) tlog.HashReader {
	return hashes(func(level int, tile int64) ([]byte, error) { return readTile(ctx, q, realm, log, level, tile) })
}

func readTile(ctx context.Context, q journal.Querier, realm civic.Realm, log int64, level int, tile int64) (hashes []byte, err error) {
	err = q.QueryRowContext(ctx, "SELECT hashes FROM seal_tiles WHERE realm = $1 AND log = $2 AND level = $3 AND tile = $4",
		string(realm), log, int64(level), tile).Scan(&hashes)
	if errors.Is(err, sql.ErrNoRows) {
		err = fmt.Errorf("seal: tile %d of level %d is not there: %w", tile, level, err)
	}
	return hashes, err
}
