package io.millrace.broker.storage.compaction;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class KeyOffsetsTest {

    private static ByteBuf key(String text) {
        return Unpooled.copiedBuffer(text, StandardCharsets.UTF_8);
    }

    @Test
    void isAsAMap() {
        SplittableRandom random = new SplittableRandom(5);
        KeyOffsets keys = new KeyOffsets(1 << 20);
        Map<String, Long> model = new HashMap<>();
        for (long offset = 0; offset < 60_000; offset++) {
            String key = "key-" + random.nextInt(20_000);
            assertThat(keys.put(key(key), offset)).isTrue();
            model.put(key, offset);
        }
        for (int i = 0; i < 20_000; i++) {
            assertThat(keys.newest(key("key-" + i))).isEqualTo(model.getOrDefault("key-" + i, -1L));
        }
        assertThat(keys.size()).isEqualTo(model.size());
    }

    @Test
    void takesMemoryOnlyForWhatItHas() {
        KeyOffsets keys = new KeyOffsets(1 << 30);
        for (int i = 0; i < 10_000; i++) {
            keys.put(key("key-" + i), i);
        }
        assertThat(keys.sizeBytes()).isLessThan(1 << 20);
    }

    @Test
    void refusesNewKeysWhenItIsFullAndTakesKnownOnes() {
        KeyOffsets keys = new KeyOffsets(100 * KeyOffsets.SLOT_BYTES);
        int put = 0;
        while (keys.put(key("key-" + put), put)) {
            put++;
        }
        assertThat(put).isEqualTo(90);
        assertThat(keys.newest(key("key-90"))).isEqualTo(-1);
        assertThat(keys.put(key("key-3"), 1000)).isTrue();
        assertThat(keys.newest(key("key-3"))).isEqualTo(1000);
        assertThat(keys.newest(key("key-89"))).isEqualTo(89);
        assertThat(keys.sizeBytes()).isEqualTo(100L * KeyOffsets.SLOT_BYTES);
    }

    @Test
    void anEmptyKeyIsAKey() {
        KeyOffsets keys = new KeyOffsets(1000);
        keys.put(Unpooled.EMPTY_BUFFER, 7);
        assertThat(keys.newest(Unpooled.EMPTY_BUFFER)).isEqualTo(7);
    }

    @Test
    void aKeyMayBeAPartOfABuffer() {
        KeyOffsets keys = new KeyOffsets(1000);
        keys.put(key("abc").slice(1, 2), 7);
        assertThat(keys.newest(key("bc"))).isEqualTo(7);
    }

    @Test
    void memoryForLessThanAKeyIsRefused() {
        assertThatThrownBy(() -> new KeyOffsets(KeyOffsets.SLOT_BYTES)).hasMessageContaining("hold no key");
    }
}
