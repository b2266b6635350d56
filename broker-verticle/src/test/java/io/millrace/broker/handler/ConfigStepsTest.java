package io.millrace.broker.handler;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.broker.handler.ConfigStep.Operation;
import io.millrace.cluster.Outcome;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class ConfigStepsTest {
    private static final ConfigSteps.Lists LISTS = key -> key.equals("cleanup.policy") ? "delete" : null;

    @Test
    void setsAndDeletesAndLeavesTheRest() {
        assertThat(after(
                        Map.of("a", "1", "b", "2", "c", "3"),
                        step(Operation.SET, "a", "9"),
                        step(Operation.DELETE, "b", null)))
                .isEqualTo(Map.of("a", "9", "c", "3"));
    }

    @Test
    void appendsToTheDefaultWhenNothingIsSet() {
        assertThat(after(Map.of(), step(Operation.APPEND, "cleanup.policy", "compact")))
                .isEqualTo(Map.of("cleanup.policy", "delete,compact"));
    }

    @Test
    void doesNotAppendWhatIsThere() {
        Map<String, String> both = Map.of("cleanup.policy", "compact,delete");
        assertThat(after(both, step(Operation.APPEND, "cleanup.policy", "delete,compact")))
                .isEqualTo(both);
    }

    @Test
    void subtractsSeveralItemsAndMayLeaveNone() {
        assertThat(after(
                        Map.of("cleanup.policy", "compact, delete"),
                        step(Operation.SUBTRACT, "cleanup.policy", "delete,compact")))
                .isEqualTo(Map.of("cleanup.policy", ""));
    }

    @Test
    void laterStepsSeeEarlierOnes() {
        assertThat(after(
                        Map.of(),
                        step(Operation.SET, "cleanup.policy", "compact"),
                        step(Operation.APPEND, "cleanup.policy", "delete")))
                .isEqualTo(Map.of("cleanup.policy", "compact,delete"));
    }

    @Test
    void refusesToAppendToWhatIsNoList() {
        Outcome<Map<String, String>> outcome =
                new ConfigSteps(List.of(step(Operation.APPEND, "retention.ms", "1")), LISTS).edit(Map.of());
        assertThat(outcome)
                .isEqualTo(new Outcome.Rejected<>(
                        Outcome.Reason.INVALID_CONFIG,
                        "Can't APPEND to key retention.ms because its type is not LIST."));
    }

    private static Map<String, String> after(Map<String, String> before, ConfigStep... steps) {
        return Decided.of(new ConfigSteps(List.of(steps), LISTS).edit(before)).granted();
    }

    private static ConfigStep step(Operation operation, String key, @Nullable String value) {
        return new ConfigStep(operation, key, value);
    }
}
