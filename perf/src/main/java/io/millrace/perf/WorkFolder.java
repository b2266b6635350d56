package io.millrace.perf;

import io.millrace.perf.process.Children;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/**
 * A folder for one run, deleted at its end unless somebody wants to look at it. Owned by one thread; an interrupt of the
 * harness deletes it as well.
 */
public final class WorkFolder implements AutoCloseable {
    private final Path path;
    private final Runnable onInterrupt = this::deleteAtLast;
    private volatile boolean kept;

    WorkFolder(Path path, boolean kept) {
        this.path = path;
        this.kept = kept;
        Children.afterwards(onInterrupt);
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
        Children.forget(onInterrupt);
        if (kept) {
            System.out.println("kept " + path);
        } else {
            deleteTree(path);
        }
    }

    private void deleteAtLast() {
        if (!kept) {
            try {
                deleteTree(path);
            } catch (IOException e) {
                System.err.println("not deleted: " + path + ", " + e);
            }
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
