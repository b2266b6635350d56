package io.millrace.generator;

import java.util.List;

/** Writes {@code read} of one class. */
final class ReadMethods {

    private final StructSchema struct;
    private final boolean root;
    private final List<FieldCode> fields;
    private final Condition flexible;
    private final JavaSource out;

    ReadMethods(StructSchema struct, boolean root, List<FieldCode> fields, Condition flexible, JavaSource out) {
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
        out.open("public void read(WireReader in, short version)");
        StructWriter.beginVersioned(struct, root, flexible, out);
        for (FieldCode code : fields) {
            if (code.field().isTagged()) {
                out.line(code.variable() + " = " + code.defaultValue() + ";");
            } else {
                readField(code);
            }
        }
        if (!flexible.isNever()) {
            readTags();
        }
        out.close();
        if (!struct.taggedFields().isEmpty()) {
            tagMethod();
        }
    }

    private void readField(FieldCode code) {
        FieldSchema field = code.field();
        Condition present = Condition.in(field.versions(), struct.versions());
        Versions presentVersions = field.versions().intersect(struct.versions());
        Condition nullable = Condition.in(field.nullableVersions(), presentVersions);
        if (!nullable.depends()) {
            assign(code, present, code.read(nullable.isAlways()));
        } else if (present.isAlways()) {
            out.choice(code.variable(), nullable.expression(), code.read(true), code.read(false));
        } else {
            out.open("if (" + present.expression() + ")");
            out.choice(code.variable(), nullable.expression(), code.read(true), code.read(false));
            out.reopen("else");
            out.line(code.variable() + " = " + code.defaultValue() + ";");
            out.close();
        }
    }

    private void assign(FieldCode code, Condition present, String value) {
        String name = code.variable();
        if (present.isAlways()) {
            out.line(name + " = " + value + ";");
        } else if (present.isNever()) {
            out.line(name + " = " + code.defaultValue() + ";");
        } else {
            out.choice(name, present.expression(), value, code.defaultValue());
        }
    }

    private void readTags() {
        if (struct.taggedFields().isEmpty()) {
            out.line("unknownTaggedFields = "
                    + (flexible.isAlways() ? "in.readUnknownTags();" : "flexible ? in.readUnknownTags() : List.of();"));
            return;
        }
        out.line("unknownTaggedFields = List.of();");
        if (flexible.isAlways()) {
            out.line("readTags(in, version);");
            return;
        }
        out.open("if (flexible)");
        out.line("readTags(in, version);");
        out.close();
    }

    private void tagMethod() {
        out.blank();
        out.open("private void readTags(WireReader in, short version)");
        out.open("for (int left = in.readTagCount(); left > 0; left--)");
        out.line("int tag = in.readUnsignedVarint();");
        out.line("int end = in.beginTag(tag);");
        out.open("switch (tag)");
        for (FieldCode code : fields) {
            if (code.field().isTagged()) {
                tagCase(code);
            }
        }
        out.line("default -> unknownTaggedFields = in.readUnknownTag(unknownTaggedFields, tag, end);");
        out.close();
        out.line("in.endTag(tag, end);");
        out.close();
        out.close();
    }

    private void tagCase(FieldCode code) {
        FieldSchema field = code.field();
        Condition present = Condition.in(field.versions(), struct.versions());
        Condition nullable =
                Condition.in(field.nullableVersions(), field.versions().intersect(struct.versions()));
        String read = code.variable() + " = " + code.read(!nullable.isNever()) + ";";
        Versions flexibleVersions = code.taggableVersions();
        if (Condition.in(field.versions(), flexibleVersions).isAlways()) {
            out.line("case " + field.tag() + " -> " + read);
            return;
        }
        out.open("case " + field.tag() + " ->");
        out.open("if (" + present.negated() + ")");
        out.line("throw WireException.notInVersion(" + code.label() + ", version);");
        out.close();
        out.line(read);
        out.close();
    }
}
