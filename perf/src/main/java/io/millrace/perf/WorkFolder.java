package io.millrace.perf;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/** A folder for one run, deleted at its end unless somebody wants to look at it. Owned by one thread. */
public final class WorkFolder implements AutoCloseable {
    private final Path path;
    private boolean kept;

    WorkFolder(Path path, boolean kept) {
        this.path = path;
        this.kept = kept;
    }

    public Path path() {
        return path;
    }

    /** Leaves the folder when the run is over, for looking at what happened. */
    public void keep() {
        kept = true;
    }

    @Override
    public void close() throws IOException {
        if (kept) {
            System.out.println("kept " + path);
        } else {
            deleteTree(path);
        }
    }

    /** Deletes a folder and all that is in it. */
    public static void deleteTree(Path folder) throws IOException {
        List<Path> deepestFirst;
        try (Stream<Path> all = Files.walk(folder)) {
            deepestFirst = all.sorted(Comparator.reverseOrder()).toList();
        }
        for (Path path : deepestFirst) {
            Files.deleteIfExists(path);
        }
    }
}
