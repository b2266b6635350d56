package io.millrace.perf.result;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;

/**
 * The file of one run. It is replaced as a whole after every round, so that it is complete JSON at any time and an
 * interrupted run keeps what it has. Owned by one thread.
 */
public final class ResultFile {
    private static final JsonMapper MAPPER = JsonMapper.builder()
            .configure(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES, true)
            .build();

    private final Path path;

    public ResultFile(Path path) {
        this.path = path;
    }

    public Path path() {
        return path;
    }

    /** Replaces the file. */
    public void write(RunResult result) throws IOException {
        Path next = path.resolveSibling(path.getFileName() + ".next");
        Files.createDirectories(path.toAbsolutePath().getParent());
        Files.write(next, MAPPER.writerWithDefaultPrettyPrinter().writeValueAsBytes(result));
        Files.move(next, path, StandardCopyOption.ATOMIC_MOVE);
    }

    /** @throws IOException when the file cannot be read, is no result, or is one of another format; says which */
    public static RunResult read(Path path) throws IOException {
        try {
            var tree = MAPPER.readTree(path.toFile());
            int format = tree.path("format").asInt(-1);
            if (format != RunResult.FORMAT) {
                throw new IOException(path + " is not a result of format " + RunResult.FORMAT + ": its format is "
                        + tree.path("format"));
            }
            return MAPPER.treeToValue(tree, RunResult.class);
        } catch (JsonProcessingException e) {
            throw new IOException(path + " is not a result of the suite: " + e.getOriginalMessage(), e);
        }
    }
}
