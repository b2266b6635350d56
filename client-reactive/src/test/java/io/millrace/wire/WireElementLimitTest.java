package io.millrace.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.List;
import org.junit.jupiter.api.Test;

class WireElementLimitTest {
    private static final WireLimits LIMITS = new WireLimits(10, 10, 10, 6);

    @Test
    void nestedArraysTogetherReachTheLimitOfTheMessage() {
        WireReader atLimit = new WireReader(nested(2, 2), LIMITS);

        assertThat(readNested(atLimit)).hasSize(2);
        assertThat(atLimit.elementCount()).isEqualTo(6);
        assertThatThrownBy(() -> readNested(new WireReader(nested(2, 3), LIMITS)))
                .isInstanceOf(WireException.class)
                .hasMessageContaining("the message has 8 elements, the limit is 6");
    }

    @Test
    void taggedFieldsCountAsElements() {
        WireReader in = new WireReader(Unpooled.wrappedBuffer(new byte[] {4, 4}), LIMITS);
        in.readTagCount();

        assertThatThrownBy(in::readTagCount).isInstanceOf(WireException.class).hasMessageContaining("8 elements");
    }

    private static List<List<Byte>> readNested(WireReader in) {
        return in.readList("outer", false, each -> each.readList("inner", false, WireReader::readByte));
    }

    private static ByteBuf nested(int outer, int inner) {
        ByteBuf bytes = Unpooled.buffer().writeInt(outer);
        for (int i = 0; i < outer; i++) {
            bytes.writeInt(inner).writeZero(inner);
        }
        return bytes;
    }
}
