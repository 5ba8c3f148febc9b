package main

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"time"

	_ "modernc.org/sqlite"
)

const indexEvery = 500 * time.Millisecond

// FerretDB looks documents up by `_ferretdb_sjson->'$._id'`, while its own index is on `_ferretdb_sjson->"_id"`, so that
// SQLite scans the whole table for every look-up by _id. This is the index that fits.
const (
	tablesWithoutIndex = `SELECT name FROM sqlite_master AS t WHERE type = 'table'
		AND substr(name, 1, 9) <> '_ferretdb' AND substr(name, 1, 7) <> 'sqlite_'
		AND NOT EXISTS (SELECT 1 FROM sqlite_master AS i WHERE i.type = 'index' AND i.name = t.name || '_by_id')`
	addIndex = `CREATE UNIQUE INDEX IF NOT EXISTS %q ON %q (_ferretdb_sjson->'$._id')`
)

// indexIDs gives every table of every database in the folder its index, soon after it appears, until ctx is done.
func indexIDs(ctx context.Context, folder string, logger *slog.Logger) {
	seen := map[string]time.Time{}
	tick := time.NewTicker(indexEvery)
	defer tick.Stop()
	for {
		files, _ := filepath.Glob(filepath.Join(folder, "*.sqlite"))
		for _, file := range files {
			changed := lastChange(file)
			if changed.Equal(seen[file]) {
				continue
			}
			if err := indexDatabase(ctx, file); err != nil && ctx.Err() == nil && !errors.Is(err, os.ErrNotExist) {
				logger.Warn("no index on _id yet; trying again", "file", file, "error", err)
				continue
			}
			seen[file] = changed
		}
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
	}
}

func lastChange(file string) time.Time {
	var last time.Time
	for _, name := range []string{file, file + "-wal"} {
		if info, err := os.Stat(name); err == nil && info.ModTime().After(last) {
			last = info.ModTime()
		}
	}
	return last
}

func indexDatabase(ctx context.Context, file string) error {
	if _, err := os.Stat(file); err != nil {
		return err
	}
	db, err := sql.Open("sqlite", "file:"+file+"?mode=rw&_pragma=busy_timeout(2000)")
	if err != nil {
		return err
	}
	defer db.Close()
	db.SetMaxOpenConns(1)
	tables, err := namesOf(ctx, db)
	if err != nil {
		return err
	}
	for _, table := range tables {
		if _, err := db.ExecContext(ctx, fmt.Sprintf(addIndex, table+"_by_id", table)); err != nil {
			return err
		}
	}
	return nil
}

func namesOf(ctx context.Context, db *sql.DB) ([]string, error) {
	rows, err := db.QueryContext(ctx, tablesWithoutIndex)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var names []string
	for rows.Next() {
		var name string
		if err := rows.Scan(&name); err != nil {
			return nil, err
		}
		names = append(names, name)
	}
	return names, rows.Err()
}
