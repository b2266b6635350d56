package io.millrace.broker.handler;

import io.millrace.cluster.Outcome;
import io.millrace.cluster.Outcome.Reason;
import io.millrace.cluster.election.ConfigEdit;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Changes of single settings, none of which is {@link ConfigStep.Operation#UNKNOWN}.
 *
 * @param lists tells the keys whose values are lists from the others
 */
record ConfigSteps(List<ConfigStep> steps, Lists lists) implements ConfigEdit {
    /** The keys that items can be appended to. */
    interface Lists {
        /** The list that holds while nobody sets the key; null if the key is unknown or its value is no list. */
        @Nullable
        String defaultOf(String key);
    }

    ConfigSteps {
        steps = List.copyOf(steps);
    }

    @Override
    public Outcome<Map<String, String>> edit(Map<String, String> current) {
        Map<String, String> after = new HashMap<>(current);
        for (ConfigStep step : steps) {
            switch (step.operation()) {
                case SET -> after.put(step.key(), Objects.requireNonNull(step.value()));
                case DELETE -> after.remove(step.key());
                default -> {
                    String list = lists.defaultOf(step.key());
                    if (list == null) {
                        return new Outcome.Rejected<>(
                                Reason.INVALID_CONFIG,
                                "Can't " + step.operation() + " to key " + step.key()
                                        + " because its type is not LIST.");
                    }
                    after.put(step.key(), changedList(after.getOrDefault(step.key(), list), step));
                }
            }
        }
        return new Outcome.Accepted<>(after);
    }

    private static String changedList(String before, ConfigStep step) {
        List<String> items = items(before);
        for (String item : items(Objects.requireNonNull(step.value()))) {
            if (step.operation() == ConfigStep.Operation.SUBTRACT) {
                items.remove(item);
            } else if (!items.contains(item)) {
                items.add(item);
            }
        }
        return String.join(",", items);
    }

    private static List<String> items(String list) {
        List<String> items = new ArrayList<>();
        Arrays.stream(list.split(","))
                .map(String::trim)
                .filter(item -> !item.isEmpty())
                .forEach(items::add);
        return items;
    }
}
