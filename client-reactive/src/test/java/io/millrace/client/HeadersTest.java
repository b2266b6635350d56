package io.millrace.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class HeadersTest {

    @Test
    void theLastOfANameCounts() {
        Headers headers = Headers.NONE.with("a", "1").with("b", "2").with("a", "3");
        assertThat(headers.text("a")).isEqualTo("3");
        assertThat(headers.text("b")).isEqualTo("2");
        assertThat(headers.last("c")).isNull();
        assertThat(headers).extracting(Header::name).containsExactly("a", "b", "a");
    }

    @Test
    void addingAndRemovingLeavesTheOldOnesAlone() {
        Headers one = Headers.of(Header.of("a", "1"));
        Headers two = one.with(new Header("b", null));
        assertThat(one.size()).isOne();
        assertThat(two.without("a")).isEqualTo(Headers.of(new Header("b", null)));
        assertThat(two.without("a").without("b")).isSameAs(Headers.NONE);
        assertThat(two.text("b")).isNull();
    }

    @Test
    void recordsSayWhatIsWrongWithThem() {
        assertThatThrownBy(() -> ProducerRecord.of("", "v")).hasMessageContaining("name of a topic");
        ProducerRecord<String, String> record = ProducerRecord.of("t", "v");
        assertThatThrownBy(() -> record.toPartition(-1)).hasMessageContaining("partitions count from 0");
        assertThatThrownBy(() -> record.at(-1)).hasMessageContaining("milliseconds since 1970");
        assertThatThrownBy(() -> new TopicPartition("t", -1)).hasMessageContaining("partition -1 of t");
        assertThatThrownBy(() -> new OffsetAndMetadata(-1)).hasMessageContaining("offsets count from 0");
    }
}
