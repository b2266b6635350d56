package io.millrace.broker.storage;

import io.millrace.broker.storage.segment.OpenFiles;

/** What the logs of one data directory share. Any thread. */
public record LogResources(FileStore store, OpenFiles openFiles) {

    public LogResources(FileStore store, int openFilesMax) {
        this(store, new OpenFiles(store, openFilesMax));
    }
}
