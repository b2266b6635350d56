package io.millrace.generator;

import java.util.List;

/** Writes {@code write} of one class. */
final class WriteMethods {

    private final StructSchema struct;
    private final boolean root;
    private final List<FieldCode> fields;
    private final Condition flexible;
    private final JavaSource out;

    WriteMethods(StructSchema struct, boolean root, List<FieldCode> fields, Condition flexible, JavaSource out) {
        this.struct = struct;
        this.root = root;
        this.fields = fields;
        this.flexible = flexible;
        this.out = out;
    }

    void write() {
        out.blank();
        if (root) {
            out.line("@Override");
        }
        out.open("public void write(WireWriter out, short version)");
        StructWriter.beginVersioned(struct, root, flexible, out);
        for (FieldCode code : fields) {
            if (!code.field().isTagged()) {
                writeField(code);
            } else if (!code.field().ignorable()) {
                refuseTagged(code);
            }
        }
        if (!flexible.isNever()) {
            writeTags();
        }
        out.close();
        if (!struct.taggedFields().isEmpty()) {
            tagMethod();
        }
    }

    private void writeField(FieldCode code) {
        Condition present = Condition.in(code.field().versions(), struct.versions());
        if (present.isAlways()) {
            writeValue(code);
            return;
        }
        if (!present.isNever()) {
            out.open("if (" + present.expression() + ")");
            writeValue(code);
            if (code.field().ignorable()) {
                out.close();
                return;
            }
            out.reopen("else if (" + code.isSet() + ")");
        } else if (code.field().ignorable()) {
            return;
        } else {
            out.open("if (" + code.isSet() + ")");
        }
        refuse(code);
        out.close();
    }

    private void writeValue(FieldCode code) {
        Versions present = code.field().versions().intersect(struct.versions());
        Condition nullable = Condition.in(code.field().nullableVersions(), present);
        if (!nullable.depends()) {
            out.line(code.write(nullable.isAlways()));
            return;
        }
        out.open("if (" + nullable.expression() + ")");
        out.line(code.write(true));
        out.reopen("else");
        out.line(code.write(false));
        out.close();
    }

    private void refuseTagged(FieldCode code) {
        Condition present = Condition.in(code.field().versions(), struct.versions());
        if (present.isAlways()) {
            return;
        }
        out.open(
                "if (" + (present.isNever() ? code.isSet() : present.negated() + " && " + grouped(code.isSet())) + ")");
        refuse(code);
        out.close();
    }

    private void refuse(FieldCode code) {
        out.line("throw WireException.notInVersion(" + code.label() + ", version);");
    }

    private void writeTags() {
        String statement = struct.taggedFields().isEmpty()
                ? "out.writeUnknownTags(unknownTaggedFields);"
                : "writeTags(out, version);";
        if (flexible.isAlways()) {
            out.line(statement);
            return;
        }
        out.open("if (flexible)");
        out.line(statement);
        out.reopen("else if (!unknownTaggedFields.isEmpty())");
        out.line("throw WireException.notInVersion(\"" + struct.name() + ".unknownTaggedFields\", version);");
        out.close();
    }

    private void tagMethod() {
        out.blank();
        out.open("private void writeTags(WireWriter out, short version)");
        out.line("int count = unknownTaggedFields.size();");
        for (FieldSchema field : struct.taggedFields()) {
            out.open("if (" + writtenWhen(field) + ")");
            out.line("count++;");
            out.close();
        }
        out.line("out.writeUnsignedVarint(count);");
        out.line("int unknown = 0;");
        for (FieldSchema field : struct.taggedFields()) {
            FieldCode code = codeOf(field);
            boolean nullable = !field.nullableVersions().isEmpty();
            out.open("if (" + writtenWhen(field) + ")");
            out.line("unknown = out.writeUnknownTags(unknownTaggedFields, unknown, " + field.tag() + ");");
            out.line("int mark = out.beginTag(" + field.tag() + ");");
            out.line(code.write(nullable));
            out.line("out.endTag(mark);");
            out.close();
        }
        out.line("out.writeUnknownTags(unknownTaggedFields, unknown);");
        out.close();
    }

    private String writtenWhen(FieldSchema field) {
        FieldCode code = codeOf(field);
        if (Condition.in(field.versions(), code.taggableVersions()).isAlways()) {
            return code.isSet();
        }
        Condition present = Condition.in(field.versions(), struct.versions());
        return present.expression() + " && " + grouped(code.isSet());
    }

    private static String grouped(String expression) {
        return expression.contains("||") ? "(" + expression + ")" : expression;
    }

    private FieldCode codeOf(FieldSchema field) {
        return fields.stream()
                .filter(code -> code.field().equals(field))
                .findFirst()
                .orElseThrow();
    }
}
