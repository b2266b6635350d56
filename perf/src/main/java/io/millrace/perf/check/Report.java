package io.millrace.perf.check;

import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;

/** Runs checks one after another and prints one line for each. Owned by one thread. */
public final class Report {
    private final PrintStream out;
    private final List<String> failed = new ArrayList<>();
    private int passed;

    public Report(PrintStream out) {
        this.out = out;
    }

    /** One check. */
    public interface Check {
        /** @return what was compared, for the line of a check that passed; a failure is thrown */
        String run() throws Exception;
    }

    /** Runs one check; a failure is printed and counted, and the next check still runs. */
    public void check(String name, Check check) {
        long start = System.nanoTime();
        String line;
        try {
            String compared = check.run();
            passed++;
            line = "pass  " + name + ": " + compared;
        } catch (Exception e) {
            failed.add(name);
            String why = e instanceof CheckFailed ? e.getMessage() : e.toString();
            line = "FAIL  " + name + ": " + why;
        }
        out.printf("%s (%.1f s)%n", line, (System.nanoTime() - start) / 1e9);
    }

    /** Prints the last line. @return whether every check passed */
    public boolean finish() {
        failed.forEach(name -> out.println("failed: " + name));
        out.println(passed + " passed, " + failed.size() + " failed");
        return failed.isEmpty();
    }
}
