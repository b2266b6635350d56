package io.millrace.perf.process;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** A child process that is spoken with in lines. Blocks the calling thread, which owns it. */
public final class Dialogue implements AutoCloseable {
    private final Process process;
    private final BufferedReader lines;

    private Dialogue(Process process) {
        this.process = process;
        lines = new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
    }

    /** What it prints as errors is seen as lines too. */
    public static Dialogue start(List<String> line) throws IOException {
        return new Dialogue(Children.start(new ProcessBuilder(line).redirectErrorStream(true)));
    }

    /** The next line. @throws IOException when it ends instead */
    public String hear() throws IOException {
        String line = lines.readLine();
        if (line == null) {
            throw new IOException("it ended where it should have said something: " + process.info());
        }
        return line;
    }

    public void say(String line) throws IOException {
        OutputStream in = process.getOutputStream();
        in.write((line + "\n").getBytes(StandardCharsets.UTF_8));
        in.flush();
    }

    /** Ends it if it has not ended. */
    @Override
    public void close() {
        process.destroyForcibly();
        try {
            process.waitFor();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
