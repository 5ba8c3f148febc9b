// Command ferretdb serves the MongoDB protocol from SQLite files, for one machine.
package main

import (
	"context"
	"flag"
	"log"
	"log/slog"
	"os"
	"os/signal"
	"syscall"

	"github.com/FerretDB/FerretDB/ferretdb"
)

func main() {
	listen := flag.String("listen", "127.0.0.1:27117", "TCP address")
	data := flag.String("data", "", "existing directory of the SQLite files")
	flag.Parse()

	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()

	logger := slog.New(slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: slog.LevelError}))
	// synchronous(full): an acknowledged write has reached the disk, also when the power fails.
	server, err := ferretdb.New(&ferretdb.Config{
		Listener:  ferretdb.ListenerConfig{TCP: *listen},
		Handler:   "sqlite",
		SQLiteURL: "file:" + *data + "/?_pragma=synchronous(full)",
		Logger:    logger,
	})
	if err != nil {
		log.Fatal(err)
	}
	go indexIDs(ctx, *data, logger)
	if err := server.Run(ctx); err != nil {
		log.Fatal(err)
	}
}
