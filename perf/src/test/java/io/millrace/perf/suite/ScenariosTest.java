package io.millrace.perf.suite;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;

class ScenariosTest {
    @Test
    void namesAreUniqueAndNoGroups() {
        List<String> names = Scenarios.table().stream().map(Scenario::name).toList();
        assertThat(names).doesNotHaveDuplicates();
        assertThat(Scenarios.table()).noneMatch(each -> names.contains(each.group()));
    }

    @Test
    void findsByNameAndByGroupAndEachOnce() {
        assertThat(Scenarios.named(List.of("produce-1KB", "produce")))
                .startsWith(Scenarios.named(List.of("produce-1KB")).get(0))
                .allMatch(each -> each.group().equals("produce"))
                .doesNotHaveDuplicates();
        assertThat(Scenarios.named(List.of("all"))).isEqualTo(Scenarios.table());
    }

    @Test
    void saysWhatThereIs() {
        assertThatThrownBy(() -> Scenarios.named(List.of("produce-2KB")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("produce-2KB")
                .hasMessageContaining("produce-1KB");
    }

    @Test
    void everyScenarioCanBeScaledAndExplainsItself() {
        assertThat(Scenarios.table()).allSatisfy(scenario -> {
            Load quick = scenario.scaled(0.001).load();
            assertThat(quick.expectedSeconds())
                    .isPositive()
                    .isLessThanOrEqualTo(scenario.load().expectedSeconds());
            assertThat(quick.settings()).isNotEmpty();
        });
    }
}
