package store

import (
	"database/sql"
	"encoding/binary"
	"errors"
	"fmt"
	"net/url"
	"sync"

	"modernc.org/libc"
	"modernc.org/libc/sys/types"
	sqlite "modernc.org/sqlite/lib"
)

// poolPages is how many pages SQLite's caches of databases hold together, of 4 KiB and a head each: some 32 MB. With none left, the page that
// rested longest makes room, in whichever cache; what SQLite keeps in memory for one query (DISTINCT, GROUP BY) goes beyond it.
const poolPages = 7_500

// Pool gives SQLite's page caches the memory that they share, once; a server asks for it before it opens the first database. Each reader's cache is
// emptied after each commit; page by page through the allocator, under the lock that all who use SQLite wait for, that took a tenth of a second at
// worst, since what is freed there goes back to the system. A pool takes and gives a page by the head of a list. It is written to when it is made, so
// that a command of a moment does without.
// (SQLITE_CONFIG_PAGECACHE, https://sqlite.org/malloc.html#_page_cache_memory)
var Pool = sync.OnceValue(func() error {
	tls := libc.NewTLS()
	defer tls.Close()
	list, head := libc.Xmalloc(tls, 64), libc.Xcalloc(tls, 1, 8)
	if list == 0 || head == 0 {
		return errors.New("store: no memory for SQLite")
	}
	defer libc.Xfree(tls, list)
	defer libc.Xfree(tls, head)
	if rc := sqlite.Xsqlite3_config(tls, sqlite.SQLITE_CONFIG_PCACHE_HDRSZ, libc.VaList(list, head)); rc != sqlite.SQLITE_OK {
		return fmt.Errorf("store: SQLite does not say how large the heads of its pages are: error %d", rc)
	}
	size := (4096 + int(binary.NativeEndian.Uint32(libc.GoBytes(head, 4))) + 7) &^ 7 // of a page and its head
	memory := libc.Xmalloc(tls, types.Size_t(size*poolPages))
	if memory == 0 {
		return fmt.Errorf("store: no memory for SQLite's pages: %d MB", size*poolPages>>20)
	}
	if rc := sqlite.Xsqlite3_config(tls, sqlite.SQLITE_CONFIG_PAGECACHE, libc.VaList(list, memory, int32(size), int32(poolPages))); rc != sqlite.SQLITE_OK {
		return fmt.Errorf("store: SQLite takes no memory for its pages: error %d", rc)
	}
	return nil
})

// File opens a SQLite file as it lies there, to be read: for what no DB does, such as copying it whole. options are those of the driver.
func File(path, options string) (*sql.DB, error) {
	return sql.Open("sqlite", "file:"+(&url.URL{Path: path}).EscapedPath()+"?mode=ro&"+options)
}
