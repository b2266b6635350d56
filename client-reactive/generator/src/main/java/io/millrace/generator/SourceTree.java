package io.millrace.generator;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/** The folder of generated sources. Files that would not change are left alone, so that nothing is compiled again. */
final class SourceTree {

    private final Path root;
    private final Set<Path> wanted = new HashSet<>();

    SourceTree(Path root) {
        this.root = root;
    }

    void put(String packageName, String className, String source) throws IOException {
        Path file = root.resolve(packageName.replace('.', '/')).resolve(className + ".java");
        wanted.add(file);
        if (!Files.exists(file) || !Files.readString(file).equals(source)) {
            Files.createDirectories(file.getParent());
            Files.writeString(file, source);
        }
    }

    /** Deletes the sources that were not put since this object was made. */
    void removeStale() throws IOException {
        List<Path> stale;
        try (Stream<Path> files = Files.walk(root)) {
            stale = files.filter(file -> Files.isRegularFile(file) && !wanted.contains(file))
                    .toList();
        }
        for (Path file : stale) {
            Files.delete(file);
        }
    }
}
