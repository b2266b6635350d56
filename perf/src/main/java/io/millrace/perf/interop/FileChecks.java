package io.millrace.perf.interop;

import io.millrace.perf.check.CheckFailed;
import io.millrace.perf.check.Report;
import io.millrace.perf.process.Command;
import io.millrace.perf.process.Java;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** Kafka's own dump tool reads the files of the stopped broker. */
final class FileChecks {
    private static final String DUMP = "org.apache.kafka.tools.DumpLogSegments";

    private final Path data;

    FileChecks(Path data) {
        this.data = data;
    }

    void run(Report report) {
        report.check("DumpLogSegments .log", () -> dump("", ".log", "--skip-record-metadata"));
        report.check("DumpLogSegments .log, every record", () -> dump("k", ".log", "--deep-iteration"));
        report.check("DumpLogSegments .index", () -> dump("", ".index", "--index-sanity-check"));
        report.check("DumpLogSegments .index against the log", () -> dump("", ".index", "--verify-index-only"));
        report.check("DumpLogSegments .timeindex", () -> dump("", ".timeindex", "--verify-index-only"));
        report.check("DumpLogSegments producer snapshots", () -> dump("", ".snapshot", "--skip-record-metadata"));
    }

    private String dump(String prefix, String suffix, String option) throws IOException {
        List<String> files = files(prefix, suffix);
        if (files.isEmpty()) {
            throw new CheckFailed("no *" + suffix + " in " + data);
        }
        Command.Result result = Expect.ok(Command.of(Java.tool(DUMP, "--files", String.join(",", files), option)));
        Expect.contains(result, "Dumping ");
        Expect.lacks(result, "Mismatches in", "invalid bytes", "Exception", "Error", "isvalid: false", "not found");
        return files.size() + " files without complaint";
    }

    private List<String> files(String prefix, String suffix) throws IOException {
        List<String> found = new ArrayList<>();
        try (Stream<Path> all = Files.walk(data)) {
            all.filter(file -> file.toString().endsWith(suffix))
                    .filter(file -> file.toString().matches(".*/" + prefix + "[a-z][^/]*-\\d+/[^/]*"))
                    .map(Path::toString)
                    .sorted()
                    .forEach(found::add);
        }
        return found;
    }
}
