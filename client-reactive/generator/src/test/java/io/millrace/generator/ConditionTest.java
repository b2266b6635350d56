package io.millrace.generator;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class ConditionTest {

    private static final Versions POSSIBLE = new Versions(2, 9);

    private static Condition in(String range) {
        return Condition.in(Versions.parse(range), POSSIBLE);
    }

    @Test
    void saysNoMoreThanIsNeeded() {
        assertThat(in("0+").isAlways()).isTrue();
        assertThat(in("2-9").isAlways()).isTrue();
        assertThat(in("0-1").isNever()).isTrue();
        assertThat(in("none").isNever()).isTrue();
        assertThat(in("5+").expression()).isEqualTo("version >= 5");
        assertThat(in("0-5").expression()).isEqualTo("version <= 5");
        assertThat(in("4-5").expression()).isEqualTo("version >= 4 && version <= 5");
        assertThat(in("9+").expression()).isEqualTo("version == 9");
        assertThat(in("0-2").expression()).isEqualTo("version == 2");
    }

    @Test
    void canBeNegated() {
        assertThat(in("5+").negated()).isEqualTo("version < 5");
        assertThat(in("0-5").negated()).isEqualTo("version > 5");
        assertThat(in("4-5").negated()).isEqualTo("(version < 4 || version > 5)");
        assertThat(in("9+").negated()).isEqualTo("version != 9");
    }
}
