package io.millrace.perf.suite;

import io.millrace.perf.process.Command;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** What the kernel keeps of files in memory. */
final class PageCache {
    private PageCache() {}

    /** Writes back the files of a topic and forgets them. Others on the machine keep their cache, and nobody needs to be root. */
    static void forget(Path data, String topic) throws IOException {
        Command.of("sync").run();
        for (Path file : filesOf(data, topic)) {
            // Without a count of blocks to copy, dd only gives the kernel its advice.
            Command.Result result = Command.of("dd", "if=" + file, "iflag=nocache", "count=0", "status=none")
                    .run();
            if (!result.ok()) {
                throw new IOException(file + " stays in the page cache: " + result.text());
            }
        }
    }

    private static List<Path> filesOf(Path data, String topic) throws IOException {
        try (Stream<Path> all = Files.walk(data)) {
            return all.filter(Files::isRegularFile)
                    .filter(file -> data.relativize(file).getName(0).toString().matches(topic + "-\\d+"))
                    .toList();
        }
    }
}
