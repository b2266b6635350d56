package io.millrace.perf;

import io.millrace.perf.process.Children;
import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import org.jspecify.annotations.Nullable;

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

    /**
     * Deletes a folder and all that is in it. Who deletes the same at the same time is no harm: when the harness is
     * interrupted, the command that fails then and the clean-up at the end both do.
     */
    public static void deleteTree(Path folder) throws IOException {
        Files.walkFileTree(folder, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                Files.deleteIfExists(file);
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFileFailed(Path file, IOException e) throws IOException {
                return goOn(e);
            }

            @Override
            public FileVisitResult postVisitDirectory(Path each, @Nullable IOException e) throws IOException {
                Files.deleteIfExists(each);
                return e == null ? FileVisitResult.CONTINUE : goOn(e);
            }

            private FileVisitResult goOn(IOException e) throws IOException {
                if (e instanceof NoSuchFileException) {
                    return FileVisitResult.CONTINUE;
                }
                throw e;
            }
        });
    }
}
