package io.millrace.perf.process;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * One run of a command line program to its end. Blocks the calling thread.
 *
 * @param line the program and its arguments
 * @param input file that becomes standard input, or null for none
 * @param output file that receives standard output, or null to keep it in memory
 * @param limit the program is killed when it runs longer
 */
public record Command(
        List<String> line, @Nullable Path input, @Nullable Path output, Duration limit) {
    private static final Duration DEFAULT_LIMIT = Duration.ofMinutes(3);

    public static Command of(List<String> line) {
        return new Command(line, null, null, DEFAULT_LIMIT);
    }

    public static Command of(String... line) {
        return of(List.of(line));
    }

    public Command from(Path file) {
        return new Command(line, file, output, limit);
    }

    public Command into(Path file) {
        return new Command(line, input, file, limit);
    }

    /** What the program said and how it ended. */
    public record Result(int exit, String out, String err) {
        public boolean ok() {
            return exit == 0;
        }

        /** Everything said, for matching and for the report of a failure. */
        public String text() {
            return out + err;
        }
    }

    /** @throws IOException when the program cannot be started */
    public Result run() throws IOException {
        Path out = output == null ? Files.createTempFile("millrace-out", ".txt") : output;
        Path err = Files.createTempFile("millrace-err", ".txt");
        try {
            ProcessBuilder builder =
                    new ProcessBuilder(line).redirectOutput(out.toFile()).redirectError(err.toFile());
            if (input != null) {
                builder.redirectInput(input.toFile());
            }
            Process process = Children.start(builder);
            if (input == null) {
                process.getOutputStream().close();
            }
            int exit = await(process);
            return new Result(exit, output == null ? text(out) : "", text(err));
        } finally {
            Files.delete(err);
            if (output == null) {
                Files.delete(out);
            }
        }
    }

    private int await(Process process) {
        try {
            if (!process.waitFor(limit.toMillis(), TimeUnit.MILLISECONDS)) {
                process.destroyForcibly().waitFor();
                return 124;
            }
            return process.exitValue();
        } catch (InterruptedException e) {
            process.destroyForcibly();
            throw new UncheckedIOException(new IOException("interrupted while running " + line, e));
        }
    }

    private static String text(Path file) throws IOException {
        return new String(Files.readAllBytes(file), StandardCharsets.UTF_8);
    }
}
