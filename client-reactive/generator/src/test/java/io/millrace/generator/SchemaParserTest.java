package io.millrace.generator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class SchemaParserTest {

    private static MessageSchema parse(String fields) {
        String schema = "{ 'type': 'data', 'name': 'Sample', 'validVersions': '0-5', 'flexibleVersions': '2+',"
                + " 'fields': [" + fields + "] }";
        return new SchemaParser().parse(schema.replace('\'', '"'));
    }

    private static void assertRefused(String field, String message) {
        assertThatThrownBy(() -> parse(field))
                .isInstanceOf(SchemaException.class)
                .hasMessage(message);
    }

    @Test
    void readsTheAttributesOfAField() {
        FieldSchema field = parse("{ 'name': 'RackId', 'type': '[]string', 'versions': '1+', 'nullableVersions': '2+',"
                        + " 'default': 'null', 'ignorable': true, 'flexibleVersions': 'none', 'about': 'Where.' }")
                .root()
                .fields()
                .get(0);

        assertThat(field)
                .isEqualTo(new FieldSchema(
                        "rackId",
                        "Where.",
                        new FieldType.Array(FieldType.Primitive.STRING),
                        new Versions(1, Short.MAX_VALUE),
                        new Versions(2, Short.MAX_VALUE),
                        null,
                        true,
                        "null",
                        Versions.NONE));
    }

    @Test
    void structuresBelongToTheVersionsOfTheirField() {
        MessageSchema message = parse("{ 'name': 'Outer', 'type': 'Outer', 'versions': '1-4', 'fields': ["
                + " { 'name': 'Inner', 'type': '[]Inner', 'versions': '2+', 'fields': [] } ] }");

        assertThat(message.struct("Outer").versions()).isEqualTo(new Versions(1, 4));
        assertThat(message.struct("Inner").versions()).isEqualTo(new Versions(2, 4));
        assertThat(message.structs()).extracting(StructSchema::name).containsExactly("Outer", "Inner");
    }

    @Test
    void refusesWhatItDoesNotUnderstand() {
        assertRefused("{ 'name': 'A', 'type': 'int128', 'versions': '0+' }", "Sample: unknown type 'int128'");
        assertRefused(
                "{ 'name': 'A', 'type': '[][]int8', 'versions': '0+' }", "Sample: arrays of []int8 are not supported");
        assertRefused("{ 'name': 'A', 'type': 'int8', 'versions': 'all' }", "Sample: 'all' is no range of versions");
        assertRefused(
                "{ 'name': 'A', 'type': 'int8', 'versions': '0+', 'nullableVersions': '0+' }",
                "Sample: a cannot be null by its type");
        assertRefused(
                "{ 'name': 'A', 'type': 'records', 'versions': '2+', 'tag': 0, 'taggedVersions': '2+' }",
                "Sample: a: records cannot be tagged");
        assertRefused(
                "{ 'name': 'A', 'type': 'int8', 'versions': '0+', 'tag': 0, 'taggedVersions': '2+' }",
                "Sample: A is tagged in some of its versions only");
        assertRefused("{ 'name': 'A', 'type': 'Lost', 'versions': '0+' }", "Sample: Sample has no structure Lost");
        assertRefused(
                "{ 'name': 'A', 'type': 'int8' }",
                "Sample: 'versions' is missing in {\"name\":\"A\",\"type\":\"int8\"}");
    }

    @Test
    void refusesTwoStructuresOfOneName() {
        String field = "{ 'name': '%s', 'type': 'Same', 'versions': '0+', 'fields': [] }";

        assertRefused(field.formatted("A") + "," + field.formatted("B"), "Sample: two structures are named Same");
    }
}
