package io.millrace.perf.machine;

import io.millrace.perf.process.Command;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/** What the machine says of itself. Linux only; reads {@code /proc}. */
public final class MachineFacts {
    private MachineFacts() {}

    /** Model of the processor, {@code unknown} where the kernel does not say it. */
    public static String cpu() throws IOException {
        return field(Files.readString(Path.of("/proc/cpuinfo")), "model name").orElse("unknown");
    }

    public static long memoryBytes() throws IOException {
        String kilobytes = field(Files.readString(Path.of("/proc/meminfo")), "MemTotal")
                .orElseThrow(() -> new IOException("no MemTotal in /proc/meminfo"));
        return Long.parseLong(kilobytes.replaceAll("\\D", "")) * 1024;
    }

    public static String kernel() {
        return System.getProperty("os.name") + " " + System.getProperty("os.version");
    }

    /** Device, file system and mount options below a folder. */
    public static String disk(Path folder) throws IOException {
        return mount(Files.readAllLines(Path.of("/proc/mounts")), folder.toRealPath());
    }

    /** The commit that is checked out, with {@code -dirty} behind it if files were changed since. */
    public static String commit(Path repository) throws IOException {
        Command.Result head = Command.of("git", "-C", repository.toString(), "rev-parse", "HEAD")
                .run();
        if (!head.ok()) {
            return "unknown";
        }
        Command.Result changes = Command.of("git", "-C", repository.toString(), "status", "--porcelain")
                .run();
        return head.out().trim() + (changes.out().isBlank() ? "" : "-dirty");
    }

    static String mount(List<String> mounts, Path folder) {
        return mounts.stream()
                .map(line -> line.split(" "))
                .filter(fields -> folder.startsWith(fields[1]))
                .max(Comparator.comparingInt(fields -> fields[1].length()))
                .map(fields -> fields[0] + " " + fields[2] + " " + fields[3])
                .orElse("unknown");
    }

    static Optional<String> field(String text, String name) {
        return text.lines()
                .filter(line -> line.startsWith(name))
                .map(line -> line.substring(line.indexOf(':') + 1).trim())
                .findFirst();
    }
}
