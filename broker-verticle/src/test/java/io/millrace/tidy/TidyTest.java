package io.millrace.tidy;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * The style guide as a test, over the sources of all modules. Lengths are a ratchet: what is longer than the mark is
 * listed here with its length and a reason, and may shrink but not grow.
 */
class TidyTest {
    private static final int FILE_LINES_MAX = 500;
    private static final int METHOD_LINES_MAX = 70;
    private static final int COLUMNS_MAX = 130;

    /** Files beyond the mark, by path, with the lines that they may have. */
    private static final Map<String, Integer> LONG_FILES = Map.of();

    /** Methods beyond the mark, by path and name, with the lines that they may have. */
    private static final Map<String, Integer> LONG_METHODS = Map.of();

    /** What must not be written in main sources, and what to write instead. */
    private static final Map<String, String> BANNED = new LinkedHashMap<>();

    static {
        BANNED.put("Thread" + ".sleep", "a timer of the event loop, or an awaited condition");
        BANNED.put("System" + ".out", "a logger; a process's own output goes through the stream that Main hands on");
        BANNED.put("System" + ".err", "a logger; a process's own output goes through the stream that Main hands on");
        BANNED.put("print" + "StackTrace", "a logger");
        BANNED.put("System" + ".exit", "a failed future; only a main class ends the process");
        BANNED.put("java.util" + ".Date", "java.time or a number of milliseconds");
    }

    /** Programs whose business is standard output, and the classes that are our process. */
    private static final List<String> PROGRAMS = List.of(
            "perf/",
            "client-reactive/generator/",
            "broker-verticle/src/main/java/io/millrace/broker/Main.java",
            "broker-verticle/src/main/java/io/millrace/broker/BrokerProcess.java",
            "broker-verticle/src/main/java/io/millrace/broker/ProcessSettings.java",
            "broker-verticle/src/main/java/io/millrace/broker/Rehearsal.java");

    private static List<SourceFile> sources = List.of();

    @BeforeAll
    static void readSources() throws IOException {
        sources = SourceFile.below(Path.of("..").toAbsolutePath().normalize());
    }

    @Test
    void seesTheSourcesOfAllModules() {
        for (String module : List.of("broker-verticle/", "client-reactive/", "cluster-manager/")) {
            assertThat(sources).anyMatch(file -> file.path().startsWith(module));
        }
    }

    @Test
    void filesAreShort() {
        assertThat(problems(file -> file.lines().size() > LONG_FILES.getOrDefault(file.path(), FILE_LINES_MAX)))
                .as("files of more than %d lines", FILE_LINES_MAX)
                .isEmpty();
    }

    @Test
    void methodsAreShort() throws IOException {
        List<String> tooLong = new ArrayList<>();
        SourceFile.forEachMethod(sources, (file, method, lines) -> {
            String name = file.path() + "#" + method;
            if (lines > LONG_METHODS.getOrDefault(name, METHOD_LINES_MAX)) {
                tooLong.add(name + ": " + lines);
            }
        });
        assertThat(tooLong)
                .as("methods of more than %d lines", METHOD_LINES_MAX)
                .isEmpty();
    }

    @Test
    void linesFitOnAScreen() {
        assertThat(linesOf(sources, line -> line.length() > COLUMNS_MAX && !isText(line)))
                .isEmpty();
    }

    @Test
    void nothingIsLeftForLater() {
        assertThat(linesOf(sources, line -> line.matches(".*\\b(TO" + "DO|FIX" + "ME|XX" + "X)\\b.*")))
                .isEmpty();
    }

    @Test
    void mainSourcesCallNothingBanned() {
        List<SourceFile> checked = sources.stream()
                .filter(SourceFile::isMain)
                .filter(file -> PROGRAMS.stream().noneMatch(file.path()::startsWith))
                .toList();
        BANNED.forEach((call, instead) -> assertThat(linesOf(checked, line -> line.contains(call)))
                .as("use %s", instead)
                .isEmpty());
    }

    @Test
    void testsDoNotSleep() {
        assertThat(linesOf(sources, line -> line.contains("Thread" + ".sleep(")))
                .isEmpty();
    }

    @Test
    void everyPackageSaysWhatItIs() {
        assertThat(sources.stream()
                        .filter(SourceFile::isMain)
                        .map(file -> file.absolute().resolveSibling("package-info.java"))
                        .distinct()
                        .filter(info -> !Files.exists(info)))
                .isEmpty();
    }

    /** Text blocks hold what others print. */
    private static boolean isText(String line) {
        return Character.isDigit(line.stripLeading().charAt(0));
    }

    private static List<String> problems(Predicate<SourceFile> isProblem) {
        return sources.stream()
                .filter(isProblem)
                .map(file -> file.path() + ": " + file.lines().size())
                .toList();
    }

    private static List<String> linesOf(List<SourceFile> files, Predicate<String> isProblem) {
        List<String> found = new ArrayList<>();
        for (SourceFile file : files) {
            for (int i = 0; i < file.lines().size(); i++) {
                if (isProblem.test(file.lines().get(i))) {
                    found.add(file.path() + ":" + (i + 1));
                }
            }
        }
        return found;
    }
}
