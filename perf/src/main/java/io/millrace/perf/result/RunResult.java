package io.millrace.perf.result;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A whole run of the suite. The names of components are the names in the file.
 *
 * @param format {@link #FORMAT}; a file of another format is refused
 * @param name of the run, a part of the file's name
 * @param startedAt ISO 8601, UTC
 * @param finishedAt null while the run goes on; if it stays null, the run was interrupted
 * @param command how to do it again
 * @param quick whether the scenarios were scaled down: such figures show that the suite works, and nothing else
 * @param environment where it ran
 * @param ceilings null until they have been measured
 * @param systems the subject first
 * @param scenarios in the order in which they ran; the last one may be incomplete
 */
public record RunResult(
        int format,
        String name,
        String startedAt,
        @JsonInclude(JsonInclude.Include.ALWAYS) @Nullable String finishedAt,
        String command,
        boolean quick,
        Environment environment,
        @JsonInclude(JsonInclude.Include.ALWAYS) @Nullable Ceilings ceilings,
        List<MeasuredSystem> systems,
        List<ScenarioResult> scenarios) {

    /** Changes when a reader of the last one would misread a file. */
    public static final int FORMAT = 1;
}
