package io.millrace.perf.report;

import io.millrace.perf.BrokerOptions;
import io.millrace.perf.result.ResultFile;
import io.millrace.perf.result.RunResult;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Writes the page of one run, or of several together. */
@Command(name = "report", description = "Turns result files of run into one HTML page that needs no network.")
public final class ReportCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Parameters(
            paramLabel = "FILE",
            arity = "0..*",
            description = "Result files; what several say about one scenario is taken from the newest run"
                    + " (default: the newest file of perf/results).")
    private List<Path> files = List.of();

    @Option(
            names = "--output",
            paramLabel = "PAGE",
            description = "Where the page goes (default: beside the last file, with .html at its end).")
    private @Nullable Path output;

    @Override
    public Integer call() throws IOException {
        List<Path> from = files.isEmpty() ? List.of(newest()) : files;
        List<RunResult> runs = new ArrayList<>();
        for (Path file : from) {
            runs.add(read(file));
        }
        String page = Page.of(Findings.of(runs));
        Path to = output == null ? beside(from.get(from.size() - 1)) : output;
        Files.createDirectories(to.toAbsolutePath().getParent());
        Files.writeString(to, page);
        spec.commandLine().getOut().println(to);
        return 0;
    }

    private RunResult read(Path file) {
        if (!Files.isRegularFile(file)) {
            throw refused("there is no file " + file + ": a result file that run has written", null);
        }
        try {
            return ResultFile.read(file);
        } catch (IOException e) {
            throw refused(String.valueOf(e.getMessage()), e);
        }
    }

    /** Names begin with the time. */
    private Path newest() throws IOException {
        Path folder = BrokerOptions.home().resolve("perf/results");
        Optional<Path> newest = Optional.empty();
        if (Files.isDirectory(folder)) {
            try (Stream<Path> all = Files.list(folder)) {
                newest = all.filter(file -> file.toString().endsWith(".json")).max(Path::compareTo);
            }
        }
        return newest.orElseThrow(() -> refused("no result file in " + folder + ": run writes one there", null));
    }

    private static Path beside(Path file) {
        String name = String.valueOf(file.getFileName());
        return file.resolveSibling((name.endsWith(".json") ? name.substring(0, name.length() - 5) : name) + ".html");
    }

    private ParameterException refused(String why, @Nullable Throwable cause) {
        return new ParameterException(spec.commandLine(), why, cause);
    }
}
