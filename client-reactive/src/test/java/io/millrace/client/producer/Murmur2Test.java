package io.millrace.client.producer;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.client.Seeds;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import org.apache.kafka.clients.producer.internals.BuiltInPartitioner;
import org.apache.kafka.common.utils.Utils;
import org.junit.jupiter.api.Test;

class Murmur2Test {

    @Test
    void agreesWithKafkaForManySeeds() {
        Seeds.each(20, random -> {
            for (int i = 0; i < 500; i++) {
                byte[] key = new byte[random.nextInt(random.nextBoolean() ? 9 : 300)];
                random.nextBytes(key);
                int before = random.nextInt(5);
                ByteBuf buf = Unpooled.buffer().writeZero(before).writeBytes(key);
                assertThat(Murmur2.hash(buf, before, key.length)).isEqualTo(Utils.murmur2(key));
                int partitions = 1 + random.nextInt(1000);
                assertThat(Murmur2.partition(buf, before, key.length, partitions))
                        .isEqualTo(BuiltInPartitioner.partitionForKey(key, partitions));
            }
        });
    }

    @Test
    void hashesWhatKafkasDocumentationHashes() {
        assertThat(hash("21")).isEqualTo(-973932308);
        assertThat(hash("foobar")).isEqualTo(-790332482);
        assertThat(hash("")).isEqualTo(275646681);
    }

    private static int hash(String text) {
        ByteBuf bytes = Unpooled.copiedBuffer(text, StandardCharsets.US_ASCII);
        return Murmur2.hash(bytes, 0, bytes.readableBytes());
    }
}
