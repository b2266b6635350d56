package io.millrace.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.UUID;
import org.apache.kafka.common.Uuid;
import org.junit.jupiter.api.Test;

class UuidsTest {

    @Test
    void hasKafkasTextForm() {
        UUID id = new UUID(0x0123456789abcdefL, -2);

        assertThat(Uuids.toBase64(id)).isEqualTo(new Uuid(0x0123456789abcdefL, -2).toString());
        assertThat(Uuids.fromBase64(Uuids.toBase64(id))).isEqualTo(id);
    }

    @Test
    void refusesTextThatIsNoId() {
        assertThatThrownBy(() -> Uuids.fromBase64("AAAA"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("'AAAA' decodes to 3 bytes, not to 16");
        assertThatThrownBy(() -> Uuids.fromBase64("?")).isInstanceOf(IllegalArgumentException.class);
    }
}
