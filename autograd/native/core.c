/* The optional native core: the plain case of the Python beside it, in C.

   The Python is the specification, and this file has no formula in it. Rows of the table come as
   programs (`autograd/native/programs.py`). Whatever is not the plain case is left to the Python function
   that the code stands for: another kind of operand, a mode in force, a number that is not finite, an
   error. A function of this file that leaves its work to Python returns NULL without setting an
   exception, or 0 if it returns an int.

   Read it from the top: the node; running a program; an operation; the operators; the search for the
   order of evaluation, and the sweep back through it; what Python calls.

   No Python code runs while a pass changes gradients, so an interrupt comes before it or after it. */

#define PY_SSIZE_T_CLEAN
#include <Python.h>
#include <float.h>
#include <math.h>
#include <stddef.h>
#include <structmember.h>

/* Doubles must be computed as Python computes them: no wider registers, no fused products. */
#if defined(__FAST_MATH__) || (defined(FLT_EVAL_METHOD) && FLT_EVAL_METHOD != 0)
#error "this platform or these options change floating-point results"
#endif
#ifdef Py_GIL_DISABLED
#error "the core relies on the global interpreter lock"
#endif
#ifndef SOURCE
#error "define SOURCE as the checksum of this file: see scripts/build_core.py"
#endif
#ifdef _MSC_VER
#pragma fp_contract(off)
#endif

/* ---- What the package tells the core, once (see `connect`) ------------------------------------ */

static PyTypeObject *value_type;      /* Value; instances of its subclasses are never the plain case */
static PyTypeObject *fields_type;     /* the base of all nodes */
static PyTypeObject *scope_type;
static PyObject *active_modes;        /* lists that are empty if nothing is in force in any thread */
static PyObject *open_scopes, *open_transforms;
static PyObject *current_scope;       /* a context variable */
static PyObject *table;               /* the rows that the table has had from the start */
static PyObject *write_program;       /* programs.program */
static PyObject *python_init;         /* Value.__init__ */

#define IN_FORCE(list) (PyList_GET_SIZE(list) != 0)

/* ---- The node --------------------------------------------------------------------------------- */

typedef struct {                      /* 112 bytes, and Python's 16 in front of them */
    PyObject_HEAD
    unsigned long long has : 8;       /* which of the fields have a number, and more, below */
    unsigned long long seen : 56;     /* the number of the last search that came here */
    PyObject *rule;                   /* NULL is Python's None, here and below */
    PyObject *first, *second;         /* a node of a list has `rest` in place of `first` */
    PyObject *weak_references;
    double d_first, d_second, grad, data;
    PyObject *scope;
    PyObject *label, *line;           /* NULL is "" */
} Node;

enum {
    DATA = 1, GRAD = 2, D_FIRST = 4, D_SECOND = 8,
    REST = 16,                        /* `first` is `rest`, (operands, parents, local derivatives) */
    LIST = 32,                        /* which is as the sweep expects it */
    TRACKED = 64,                     /* by the cyclic garbage collector */
};

#define IS_VALUE(object) (Py_TYPE(object) == value_type)
#define IS_NODE(object) (IS_VALUE(object) || PyObject_TypeCheck(object, fields_type))
#define AS_NODE(object) ((Node *)(object))

/* Python's collector looks for cycles, and a graph has none: operands are older than results. A node
   is shown to the collector only if something is attached to it that might lead back to it. */
static int is_harmless(PyObject *object, int depth)
{
    if (object == NULL || object == Py_None || PyFloat_CheckExact(object) || PyUnicode_CheckExact(object)
        || Py_TYPE(object) == scope_type)
        return 1;
    if (IS_VALUE(object))
        return !(AS_NODE(object)->has & TRACKED);
    if (PyTuple_CheckExact(object)) { /* `rest` has tuples in it, and these have none */
        for (Py_ssize_t i = 0; i < PyTuple_GET_SIZE(object); i++)
            if (depth == 2 || !is_harmless(PyTuple_GET_ITEM(object, i), depth + 1))
                return 0;
        PyObject_GC_UnTrack(object);  /* nor can it be part of a cycle, as it can never be changed */
        return 1;
    }
    if (table != NULL && PySet_Contains(table, object) == 1)
        return 1;
    PyErr_Clear();                    /* of an object without a hash */
    return 0;
}

static void track_if_needed(Node *node, PyObject *attached)
{
    if (!(node->has & TRACKED) && !is_harmless(attached, 0)) {
        node->has |= TRACKED;
        PyObject_GC_Track(node);
    }
}

/* A result without operands yet, in the scope that is open. */
static Node *new_result(PyObject *rule, double data)
{
    PyObject *scope = NULL;
    if (IN_FORCE(open_scopes)) {
        if (PyContextVar_Get(current_scope, NULL, &scope) < 0)
            return NULL;
        if (scope == Py_None)
            Py_CLEAR(scope);
    }
    Node *node = PyObject_GC_New(Node, value_type);
    if (node == NULL) {
        Py_XDECREF(scope);
        return NULL;
    }
    node->data = data;
    node->grad = node->d_first = node->d_second = 0.0;
    node->rule = Py_NewRef(rule);
    node->first = node->second = node->label = node->line = node->weak_references = NULL;
    node->scope = scope;
    node->has = DATA;
    node->seen = 0;
    track_if_needed(node, scope);
    return node;
}

static PyObject *node_new(PyTypeObject *type, PyObject *arguments, PyObject *named)
{
    (void)arguments, (void)named;     /* they are for __init__ */
    Node *node = (Node *)type->tp_alloc(type, 0);
    if (node == NULL)
        return NULL;
    if (type == value_type)
        PyObject_GC_UnTrack(node);
    else
        node->has = TRACKED;
    return (PyObject *)node;
}

static int node_traverse(PyObject *self, visitproc visit, void *arg)
{
    Node *node = AS_NODE(self);
    Py_VISIT(Py_TYPE(self));
    Py_VISIT(node->rule);
    Py_VISIT(node->first);
    Py_VISIT(node->second);
    Py_VISIT(node->scope);
    Py_VISIT(node->label);
    Py_VISIT(node->line);
    return 0;
}

static int node_clear(PyObject *self)
{
    Node *node = AS_NODE(self);
    node->has &= ~(D_FIRST | D_SECOND | REST | LIST);
    Py_CLEAR(node->rule);
    Py_CLEAR(node->first);
    Py_CLEAR(node->second);
    Py_CLEAR(node->scope);
    Py_CLEAR(node->label);
    Py_CLEAR(node->line);
    return 0;
}

/* Python's own code for freeing an instance of a class calls this last, and has bounded the depth of
   the recursion before it does (the "trashcan"). */
static void node_free(PyObject *self)
{
    PyTypeObject *type = Py_TYPE(self);
    PyObject_GC_UnTrack(self);
    if (AS_NODE(self)->weak_references != NULL)
        PyObject_ClearWeakRefs(self);
    node_clear(self);
    type->tp_free(self);
    Py_DECREF(type);
}

/* The fields, as Python sees them: `None` for a number that is not there. */
typedef struct {
    size_t offset;
    unsigned char flag;
    const char *name;
} Number;

static Number numbers[] = {
    {offsetof(Node, data), DATA, "_data"},
    {offsetof(Node, grad), GRAD, "_grad"},
    {offsetof(Node, d_first), D_FIRST, "d_first"},
    {offsetof(Node, d_second), D_SECOND, "d_second"},
};

static PyObject *get_number(PyObject *self, void *closure)
{
    Number *number = closure;
    if (AS_NODE(self)->has & number->flag)
        return PyFloat_FromDouble(*(double *)((char *)self + number->offset));
    if (number->flag != DATA)
        Py_RETURN_NONE;
    PyErr_SetString(PyExc_AttributeError, number->name);  /* __init__ was not called */
    return NULL;
}

static int set_number(PyObject *self, PyObject *given, void *closure)
{
    Number *number = closure;
    if (given == NULL || (given == Py_None && number->flag == DATA)) {
        PyErr_Format(PyExc_TypeError, "%s must be a float", number->name);
        return -1;
    }
    if (given == Py_None) {
        AS_NODE(self)->has &= ~number->flag;
        return 0;
    }
    double read = PyFloat_AsDouble(given);
    if (read == -1.0 && PyErr_Occurred())
        return -1;
    *(double *)((char *)self + number->offset) = read;
    AS_NODE(self)->has |= number->flag;
    return 0;
}

static PyObject *get_object(PyObject *self, void *offset)
{
    PyObject *found = *(PyObject **)((char *)self + (size_t)offset);
    return Py_NewRef(found != NULL ? found : Py_None);
}

static PyObject *get_text(PyObject *self, void *offset)
{
    PyObject *found = *(PyObject **)((char *)self + (size_t)offset);
    return found != NULL ? Py_NewRef(found) : PyUnicode_FromString("");
}

/* Whether the sweep can read `rest`: (operands, parents, local derivatives), tuples of which the second
   has nodes only and the third as many floats. Tuples don't change, so that it is enough to look once. */
static int is_list(PyObject *rest)
{
    if (!PyTuple_CheckExact(rest) || PyTuple_GET_SIZE(rest) != 3)
        return 0;
    PyObject *parents = PyTuple_GET_ITEM(rest, 1), *derivatives = PyTuple_GET_ITEM(rest, 2);
    if (!PyTuple_CheckExact(parents) || !PyTuple_CheckExact(derivatives)
        || PyTuple_GET_SIZE(parents) != PyTuple_GET_SIZE(derivatives))
        return 0;
    for (Py_ssize_t i = 0; i < PyTuple_GET_SIZE(parents); i++)
        if (!IS_NODE(PyTuple_GET_ITEM(parents, i)) || !PyFloat_CheckExact(PyTuple_GET_ITEM(derivatives, i)))
            return 0;
    return 1;
}

static int set_object(PyObject *self, PyObject *given, void *offset)
{
    PyObject **field = (PyObject **)((char *)self + (size_t)offset), *before = *field;
    if (given == NULL) {
        PyErr_SetString(PyExc_TypeError, "a field of a node cannot be deleted");
        return -1;
    }
    track_if_needed(AS_NODE(self), given);
    *field = given == Py_None ? NULL : Py_NewRef(given);
    Py_XDECREF(before);
    return 0;
}

static PyObject *get_first(PyObject *self, void *offset)
{
    return AS_NODE(self)->has & REST ? Py_NewRef(Py_None) : get_object(self, offset);
}

static PyObject *get_rest(PyObject *self, void *offset)
{
    return AS_NODE(self)->has & REST ? get_object(self, offset) : Py_NewRef(Py_None);
}

/* Of `first` and `rest` one is None, and to set that to None changes nothing. */
static int set_first_or_rest(PyObject *self, PyObject *given, unsigned char flag)
{
    Node *node = AS_NODE(self);
    if (given == Py_None && (node->has & REST) != flag)
        return 0;
    if (given != NULL && given != Py_None && node->first != NULL && (node->has & REST) != flag) {
        PyErr_SetString(PyExc_TypeError, "a node has `first`, or it has `rest`");
        return -1;
    }
    if (set_object(self, given, (void *)offsetof(Node, first)) < 0)
        return -1;
    node->has &= ~(REST | LIST);
    if (node->first != NULL)
        node->has |= flag | (flag && is_list(given) ? LIST : 0);
    return 0;
}

static int set_first(PyObject *self, PyObject *given, void *unused)
{
    (void)unused;
    return set_first_or_rest(self, given, 0);
}

static int set_rest(PyObject *self, PyObject *given, void *unused)
{
    (void)unused;
    return set_first_or_rest(self, given, REST);
}

#define NUMBER(name, i) {name, get_number, set_number, NULL, &numbers[i]}
#define OBJECT(name, field) {name, get_object, set_object, NULL, (void *)offsetof(Node, field)}
#define TEXT(name, field) {name, get_text, set_object, NULL, (void *)offsetof(Node, field)}

static PyGetSetDef fields[] = {
    NUMBER("_data", 0), NUMBER("_grad", 1), NUMBER("d_first", 2), NUMBER("d_second", 3),
    OBJECT("rule", rule), OBJECT("second", second),
    {"first", get_first, set_first, NULL, (void *)offsetof(Node, first)},
    {"rest", get_rest, set_rest, NULL, (void *)offsetof(Node, first)},
    OBJECT("scope", scope), TEXT("_label", label), TEXT("line", line),
    {NULL, NULL, NULL, NULL, NULL},
};

static PyMemberDef node_members[] = {
    {"__weaklistoffset__", T_PYSSIZET, offsetof(Node, weak_references), READONLY, NULL},
    {NULL, 0, 0, 0, NULL},
};

static PyType_Slot node_slots[] = {
    {Py_tp_doc, "The fields of a node, with its numbers as C doubles."},
    {Py_tp_new, node_new},
    {Py_tp_dealloc, node_free},
    {Py_tp_traverse, node_traverse},
    {Py_tp_clear, node_clear},
    {Py_tp_getset, fields},
    {Py_tp_members, node_members},
    {0, NULL},
};

static PyType_Spec node_spec = {
    "autograd.nodes.node._Fields", sizeof(Node), 0,
    Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE | Py_TPFLAGS_HAVE_GC, node_slots,
};

/* ---- Running a program ------------------------------------------------------------------------ */

/* Functions for which Python's `math` only forwards to the C library, if operands and result are finite.
   Others, such as fsum, hypot and lgamma, are Python's own: rows that call them stay in Python. */
static const struct {
    const char *name;
    double (*function)(double);
} functions[] = {
    {"acos", acos}, {"acosh", acosh}, {"asin", asin}, {"asinh", asinh}, {"atan", atan}, {"atanh", atanh},
    {"cbrt", cbrt}, {"cos", cos}, {"cosh", cosh}, {"erf", erf}, {"erfc", erfc}, {"exp", exp},
    {"exp2", exp2}, {"expm1", expm1}, {"fabs", fabs}, {"log", log}, {"log10", log10}, {"log1p", log1p},
    {"log2", log2}, {"sin", sin}, {"sinh", sinh}, {"sqrt", sqrt}, {"tan", tan}, {"tanh", tanh},
};
#define FUNCTIONS ((int)(sizeof(functions) / sizeof(functions[0])))

/* r[to] = r[a] + r[b], and so on. CONSTANT and CALL say in `a` which one; a jump leads to step `to`. */
enum {
    CONSTANT, MOVE, NEGATE, ADD, SUBTRACT, MULTIPLY, DIVIDE, POWER, CALL,
    JUMP, UNLESS_LESS, UNLESS_LESS_OR_EQUAL, UNLESS_GREATER, UNLESS_GREATER_OR_EQUAL, UNLESS_EQUAL,
    INSTRUCTIONS,
};
static const char *instruction_names[] = {
    "CONSTANT", "MOVE", "NEGATE", "ADD", "SUBTRACT", "MULTIPLY", "DIVIDE", "POWER", "CALL",
    "JUMP", "UNLESS_LESS", "UNLESS_LESS_OR_EQUAL", "UNLESS_GREATER", "UNLESS_GREATER_OR_EQUAL",
    "UNLESS_EQUAL",
};

typedef struct {
    unsigned short instruction, to, a, b;
} Step;

typedef struct {                      /* one formula: the value, or a partial derivative */
    Step *steps;
    int length, result;               /* `result` is the register where it ends up */
} Formula;

#define REGISTERS 256                 /* the operands, the value, then one for every step */
#define OPERANDS 2

/* The formula's number; 0 to ask Python. Divisions by zero and functions outside of their domain raise
   there, so the first number that is not finite leads there, too. */
static int run(const Formula *formula, const double *constants, double *r, double *result)
{
    const Step *step = formula->steps, *end = step + formula->length;
    while (step < end) {
        double *to = &r[step->to], *a = &r[step->a], *b = &r[step->b];
        int stays = 1;                /* in the row of steps: no jump */
        switch (step->instruction) {
        case CONSTANT: *to = constants[step->a]; break;
        case MOVE: *to = *a; break;
        case NEGATE: *to = -*a; break;
        case ADD: *to = *a + *b; break;
        case SUBTRACT: *to = *a - *b; break;
        case MULTIPLY: *to = *a * *b; break;
        case DIVIDE:
            if (*b == 0.0)
                return 0;
            *to = *a / *b;
            break;
        case POWER:
            *to = pow(*a, *b);
            if (!isfinite(*a) || !isfinite(*b) || !isfinite(*to))
                return 0;
            break;
        case CALL:
            *to = functions[step->a].function(*b);
            if (!isfinite(*b) || !isfinite(*to))
                return 0;
            break;
        case JUMP: stays = 0; break;
        case UNLESS_LESS: stays = *a < *b; break;
        case UNLESS_LESS_OR_EQUAL: stays = *a <= *b; break;
        case UNLESS_GREATER: stays = *a > *b; break;
        case UNLESS_GREATER_OR_EQUAL: stays = *a >= *b; break;
        case UNLESS_EQUAL: stays = *a == *b; break;
        }
        step = stays ? step + 1 : formula->steps + step->to;
    }
    *result = r[formula->result];
    return isfinite(*result);
}

static PyTypeObject *operation_type;

/* ---- An operation: a row's program, and the Python function that it is the plain case of ------- */

typedef struct {
    PyObject_HEAD
    vectorcallfunc vectorcall;
    PyObject *dict, *weak_references;
    PyObject *rule, *python;
    PyObject *default_operand;        /* of the second parameter; NULL if it has none */
    int operands;
    int reflected;                    /* `python` takes its two operands in the other order, as __radd__ */
    enum { UNWRITTEN, WRITTEN, PYTHON } state;
    Formula formulas[1 + OPERANDS];   /* the value, and the derivative with respect to each operand */
    double *constants;
} Operation;

static void forget_program(Operation *operation)
{
    for (int i = 0; i <= OPERANDS; i++) {
        PyMem_Free(operation->formulas[i].steps);
        operation->formulas[i] = (Formula){NULL, 0, 0};
    }
    PyMem_Free(operation->constants);
    operation->constants = NULL;
}

/* One formula from (list of steps, register of the result). A step that names a register, constant or
   function that does not exist is refused here, so that `run` needs no checks; jumps lead forward only. */
static int read_formula(Formula *formula, PyObject *given, Py_ssize_t constants)
{
    PyObject *steps;
    if (!PyArg_ParseTuple(given, "O!i", &PyList_Type, &steps, &formula->result))
        return -1;
    Py_ssize_t length = PyList_GET_SIZE(steps);
    int wrong = length > REGISTERS || formula->result < 0 || formula->result >= REGISTERS;
    formula->steps = PyMem_Calloc(length + 1, sizeof(Step));
    if (formula->steps == NULL) {
        PyErr_NoMemory();
        return -1;
    }
    formula->length = (int)length;
    for (Py_ssize_t i = 0; i < length && !wrong; i++) {
        Step step;
        if (!PyArg_ParseTuple(PyList_GET_ITEM(steps, i), "HHHH", &step.instruction, &step.to, &step.a, &step.b))
            return -1;
        wrong = step.instruction >= INSTRUCTIONS || step.a >= REGISTERS || step.b >= REGISTERS
            || (step.instruction == CONSTANT && step.a >= constants)
            || (step.instruction == CALL && step.a >= FUNCTIONS)
            || (step.instruction >= JUMP ? step.to <= i || step.to > length
                                         : step.to < OPERANDS || step.to >= REGISTERS);
        formula->steps[i] = step;
    }
    if (wrong)
        PyErr_SetString(PyExc_ValueError, "not a program");
    return wrong ? -1 : 0;
}

/* The program, written when it is first needed: importing the package must not read every formula. */
static int load_program(Operation *operation)
{
    PyObject *written = PyObject_CallOneArg(write_program, operation->rule);
    if (written == NULL)
        return -1;
    if (written == Py_None) {
        operation->state = PYTHON;
        Py_DECREF(written);
        return 0;
    }
    PyObject *formulas, *constants;
    int failed = operation->state == UNWRITTEN
        && !PyArg_ParseTuple(written, "O!O!", &PyList_Type, &formulas, &PyList_Type, &constants);
    if (operation->state == UNWRITTEN && !failed) {  /* and not written meanwhile, by another thread */
        Py_ssize_t size = PyList_GET_SIZE(constants);
        operation->constants = PyMem_Calloc(size + 1, sizeof(double));
        failed = operation->constants == NULL || PyList_GET_SIZE(formulas) != 1 + operation->operands;
        for (Py_ssize_t i = 0; i < size && !failed; i++) {
            operation->constants[i] = PyFloat_AsDouble(PyList_GET_ITEM(constants, i));
            failed = PyErr_Occurred() != NULL;
        }
        for (int i = 0; i <= operation->operands && !failed; i++)
            failed = read_formula(&operation->formulas[i], PyList_GET_ITEM(formulas, i), size) < 0;
        if (failed)
            forget_program(operation);
        else
            operation->state = WRITTEN;
    }
    Py_DECREF(written);
    if (failed && !PyErr_Occurred())
        PyErr_SetString(PyExc_ValueError, "not a program");
    return failed ? -1 : 0;
}

/* 1 for a Value, 0 for a plain number, -1 for anything that Python must look at. */
static int read_operand(PyObject *operand, double *number)
{
    if (IS_VALUE(operand)) {
        *number = AS_NODE(operand)->data;
        return AS_NODE(operand)->has & DATA ? 1 : -1;
    }
    if (PyFloat_CheckExact(operand)) {
        *number = PyFloat_AS_DOUBLE(operand);
        return 0;
    }
    if (PyLong_CheckExact(operand)) {
        *number = PyLong_AsDouble(operand);
        if (*number != -1.0 || !PyErr_Occurred())
            return 0;
        PyErr_Clear();                /* it is too large */
    }
    return -1;
}

static PyObject *recorded(PyObject *operand, double number)
{
    return PyLong_CheckExact(operand) ? PyFloat_FromDouble(number) : Py_NewRef(operand);
}

/* The node, in the plain case: a derivative is computed for Values only, as in the Python. */
static PyObject *attempt(Operation *operation, PyObject *a, PyObject *b)
{
    double r[REGISTERS], y, d_a = 0.0, d_b = 0.0;
    if (value_type == NULL || IN_FORCE(active_modes))
        return NULL;
    int a_is_value = read_operand(a, &r[0]), b_is_value = b != NULL ? read_operand(b, &r[1]) : 0;
    if (a_is_value < 0 || b_is_value < 0 || !(a_is_value || b_is_value))
        return NULL;
    if (operation->state != WRITTEN) {
        if (operation->state == PYTHON)
            return NULL;
        if (load_program(operation) < 0) {
            if (PyErr_ExceptionMatches(PyExc_Exception))
                PyErr_Clear();        /* too deep a recursion, say; not an interrupt */
            return NULL;
        }
        return attempt(operation, a, b);
    }
    const Formula *formulas = operation->formulas;
    const double *constants = operation->constants;
    if (!run(&formulas[0], constants, r, &y))
        return NULL;
    r[operation->operands] = y;
    if ((a_is_value && !run(&formulas[1], constants, r, &d_a))
        || (b_is_value && !run(&formulas[2], constants, r, &d_b)))
        return NULL;
    Node *node = new_result(operation->rule, y);
    if (node == NULL)
        return NULL;
    node->d_first = d_a;
    node->d_second = d_b;
    node->has |= (a_is_value ? D_FIRST : 0) | (b_is_value ? D_SECOND : 0);
    node->first = recorded(a, r[0]);
    if (b != NULL)
        node->second = recorded(b, r[1]);
    if (node->first == NULL || (b != NULL && node->second == NULL)) {
        Py_DECREF(node);
        return NULL;
    }
    if ((a_is_value && AS_NODE(a)->has & TRACKED) || (b_is_value && AS_NODE(b)->has & TRACKED)) {
        track_if_needed(node, a);
        track_if_needed(node, b);
    }
    return (PyObject *)node;
}

static PyObject *operation_call(PyObject *self, PyObject *const *arguments, size_t flags, PyObject *names)
{
    Operation *operation = (Operation *)self;
    Py_ssize_t given = PyVectorcall_NARGS(flags);
    PyObject *b = operation->operands == 1 ? NULL : given > 1 ? arguments[1] : operation->default_operand;
    int is_complete = given == operation->operands || (given == 1 && b != NULL);
    if (names == NULL && is_complete) {
        PyObject *a = arguments[0];
        PyObject *made = operation->reflected ? attempt(operation, b, a) : attempt(operation, a, b);
        if (made != NULL || PyErr_Occurred())
            return made;
    }
    return PyObject_Vectorcall(operation->python, arguments, flags, names);
}

static PyObject *operation_new(PyTypeObject *type, PyObject *arguments, PyObject *named)
{
    PyObject *rule, *python, *defaults;
    int operands, reflected;
    (void)named;
    if (!PyArg_ParseTuple(arguments, "OOipO:Operation", &rule, &python, &operands, &reflected, &defaults))
        return NULL;
    Py_ssize_t optional = PyTuple_Check(defaults) ? PyTuple_GET_SIZE(defaults) : 0;
    if (operands < 1 || operands > OPERANDS || optional >= operands || (reflected && operands != 2)) {
        PyErr_SetString(PyExc_ValueError, "an operation has one or two operands");
        return NULL;
    }
    Operation *operation = (Operation *)type->tp_alloc(type, 0);
    if (operation == NULL)
        return NULL;
    operation->vectorcall = operation_call;
    operation->rule = Py_NewRef(rule);
    operation->python = Py_NewRef(python);
    operation->default_operand = optional ? Py_NewRef(PyTuple_GET_ITEM(defaults, 0)) : NULL;
    operation->operands = operands;
    operation->reflected = reflected;
    operation->state = UNWRITTEN;
    return (PyObject *)operation;
}

static int operation_traverse(PyObject *self, visitproc visit, void *arg)
{
    Operation *operation = (Operation *)self;
    Py_VISIT(Py_TYPE(self));
    Py_VISIT(operation->dict);
    Py_VISIT(operation->rule);
    Py_VISIT(operation->python);
    Py_VISIT(operation->default_operand);
    return 0;
}

static void operation_free(PyObject *self)
{
    Operation *operation = (Operation *)self;
    PyTypeObject *type = Py_TYPE(self);
    PyObject_GC_UnTrack(self);
    if (operation->weak_references != NULL)
        PyObject_ClearWeakRefs(self);
    Py_CLEAR(operation->dict);
    Py_CLEAR(operation->rule);
    Py_CLEAR(operation->python);
    Py_CLEAR(operation->default_operand);
    forget_program(operation);
    type->tp_free(self);
    Py_DECREF(type);
}

/* As for functions: a method if it is found on an instance. */
static PyObject *operation_bind(PyObject *self, PyObject *instance, PyObject *type)
{
    (void)type;
    return instance == NULL || instance == Py_None ? Py_NewRef(self) : PyMethod_New(self, instance);
}

static PyObject *operation_reduce(PyObject *self, PyObject *unused)
{
    (void)unused;
    return PyObject_GetAttrString(self, "__qualname__");  /* pickled by its name, as functions are */
}

static PyObject *operation_repr(PyObject *self)
{
    return PyObject_Repr(((Operation *)self)->python);
}

static PyMemberDef operation_members[] = {
    {"__dictoffset__", T_PYSSIZET, offsetof(Operation, dict), READONLY, NULL},
    {"__weaklistoffset__", T_PYSSIZET, offsetof(Operation, weak_references), READONLY, NULL},
    {"__vectorcalloffset__", T_PYSSIZET, offsetof(Operation, vectorcall), READONLY, NULL},
    {NULL, 0, 0, 0, NULL},
};

static PyMethodDef operation_methods[] = {
    {"__reduce__", operation_reduce, METH_NOARGS, NULL},
    {NULL, NULL, 0, NULL},
};

static PyGetSetDef operation_attributes[] = {
    {"__dict__", PyObject_GenericGetDict, PyObject_GenericSetDict, NULL, NULL},
    {NULL, NULL, NULL, NULL, NULL},
};

static PyType_Slot operation_slots[] = {
    {Py_tp_new, operation_new},
    {Py_tp_dealloc, operation_free},
    {Py_tp_traverse, operation_traverse},
    {Py_tp_call, PyVectorcall_Call},
    {Py_tp_descr_get, operation_bind},
    {Py_tp_repr, operation_repr},
    {Py_tp_members, operation_members},
    {Py_tp_methods, operation_methods},
    {Py_tp_getset, operation_attributes},
    {0, NULL},
};

static PyType_Spec operation_spec = {
    "autograd.native._core.Operation", sizeof(Operation), 0,
    Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC | Py_TPFLAGS_HAVE_VECTORCALL | Py_TPFLAGS_METHOD_DESCRIPTOR,
    operation_slots,
};

/* ---- The operators ---------------------------------------------------------------------------- */

/* A class written in Python looks `__add__` up for every `+`. What stands in the class stays what it is,
   an Operation that leads to the readable Python; only the class's slots are set past the look-up. If
   somebody replaces `Value.__add__`, Python sets the slot back; a subclass gets slots of its own. */
enum { PLUS, MINUS, TIMES, DIVIDED_BY, OPERATORS };

static struct {
    Operation *operation, *reflected;
} operators[OPERATORS];

static PyObject *operate(int which, PyObject *a, PyObject *b)
{
    Operation *operation = operators[which].operation, *reflected = operators[which].reflected;
    PyObject *made = attempt(operation, a, b);
    if (made != NULL || PyErr_Occurred())
        return made;
    /* The protocol for operators, which is Python's from here on. */
    if (IS_VALUE(a) || !PyObject_TypeCheck(b, value_type)) {
        if (!PyObject_TypeCheck(a, value_type))
            Py_RETURN_NOTIMPLEMENTED;
        return PyObject_Vectorcall(operation->python, (PyObject *[]){a, b}, 2, NULL);
    }
    return PyObject_Vectorcall(reflected->python, (PyObject *[]){b, a}, 2, NULL);
}

static PyObject *slot_add(PyObject *a, PyObject *b) { return operate(PLUS, a, b); }
static PyObject *slot_subtract(PyObject *a, PyObject *b) { return operate(MINUS, a, b); }
static PyObject *slot_multiply(PyObject *a, PyObject *b) { return operate(TIMES, a, b); }
static PyObject *slot_divide(PyObject *a, PyObject *b) { return operate(DIVIDED_BY, a, b); }

static const struct {
    const char *name, *reflected;
    size_t slot;
    binaryfunc function;
} slots[OPERATORS] = {
    {"__add__", "__radd__", offsetof(PyNumberMethods, nb_add), slot_add},
    {"__sub__", "__rsub__", offsetof(PyNumberMethods, nb_subtract), slot_subtract},
    {"__mul__", "__rmul__", offsetof(PyNumberMethods, nb_multiply), slot_multiply},
    {"__truediv__", "__rtruediv__", offsetof(PyNumberMethods, nb_true_divide), slot_divide},
};

/* `Value(data, label="")`, in the same way. */
static int slot_init(PyObject *self, PyObject *arguments, PyObject *named)
{
    Py_ssize_t given = PyTuple_GET_SIZE(arguments);
    Node *node = AS_NODE(self);
    if (IS_VALUE(self) && named == NULL && (given == 1 || given == 2) && node->has == 0
        && !IN_FORCE(active_modes) && !IN_FORCE(open_scopes) && !IN_FORCE(open_transforms)) {
        PyObject *data = PyTuple_GET_ITEM(arguments, 0);
        PyObject *label = given == 2 ? PyTuple_GET_ITEM(arguments, 1) : NULL;
        double number;
        if ((label == NULL || PyUnicode_CheckExact(label)) && !IS_VALUE(data)
            && read_operand(data, &number) == 0 && number == number) {
            node->data = number;
            node->has = DATA;
            Py_XSETREF(node->label, Py_XNewRef(label));
            return 0;
        }
    }
    PyObject *bound = PyMethod_New(python_init, self);
    PyObject *done = bound == NULL ? NULL : PyObject_Call(bound, arguments, named);
    Py_XDECREF(bound);
    Py_XDECREF(done);
    return done == NULL ? -1 : 0;
}

/* ---- The order of evaluation ------------------------------------------------------------------ */

typedef struct {
    Node **nodes;
    Py_ssize_t length, room;
} Nodes;

typedef struct {                      /* a node whose parents are being searched, and the next of them */
    Node *node;
    Py_ssize_t next;
} Place;

/* The items with room for one more, or NULL; in memory that Python's collector, which might run Python
   code, knows nothing of. */
static void *with_room(void *items, Py_ssize_t length, Py_ssize_t *room, size_t size)
{
    if (length < *room)
        return items;
    Py_ssize_t wider = *room ? 2 * *room : 256;
    void *moved = PyMem_Realloc(items, (size_t)wider * size);
    if (moved != NULL)
        *room = wider;
    return moved;
}

/* The next parent of a node, by number; NULL after the last, and None, which is not a node, for one that
   is missing. */
static PyObject *next_parent(Node *node, Py_ssize_t *next)
{
    if (*next == 0 && ++*next && node->has & D_FIRST)
        return node->first != NULL ? node->first : Py_None;
    if (*next == 1 && ++*next && node->has & D_SECOND)
        return node->second != NULL ? node->second : Py_None;
    if (!(node->has & REST))
        return NULL;
    PyObject *parents = PyTuple_GET_ITEM(node->first, 1);
    Py_ssize_t i = (*next)++ - 2;
    return i < PyTuple_GET_SIZE(parents) ? PyTuple_GET_ITEM(parents, i) : NULL;
}

/* Whether the fields agree with each other; the search looks no further than to a parent that is a leaf. A
   subclass may have its operands elsewhere, as the compiler's does. */
static int is_plain(Node *node, int is_parent)
{
    if (is_parent && node->rule == NULL)
        return !(node->has & (D_FIRST | D_SECOND | REST));
    if (node->rule != NULL && node->first == NULL)
        return 0;
    return !(node->has & REST) || node->has & LIST;
}

static unsigned long long searches;   /* how many there have been */

/* The search of `graph.topological_order`, in the same order. 0 to ask Python: something is attached to
   a node that the package does not attach, or there is no memory. No Python code runs in it. */
static int search(PyObject *const *roots, Py_ssize_t count, Nodes *order)
{
    Place *path = NULL;
    Py_ssize_t depth = 0, room = 0;
    int plain = 1;
    unsigned long long this = ++searches;
    *order = (Nodes){NULL, 0, 0};
    for (Py_ssize_t i = 0; i < count && plain; i++) {
        PyObject *found = roots[i];
        for (;;) {
            plain = IS_NODE(found) && is_plain(AS_NODE(found), depth > 0);
            if (!plain)
                break;
            Node *node = AS_NODE(found);
            if (node->seen != this) {
                /* In `order` there is room for all of the path, too. */
                Node **nodes = with_room(order->nodes, order->length + depth, &order->room, sizeof(Node *));
                Place *places = with_room(path, depth, &room, sizeof(Place));
                order->nodes = nodes != NULL ? nodes : order->nodes;
                path = places != NULL ? places : path;
                plain = nodes != NULL && places != NULL;
                if (!plain)
                    break;
                node->seen = this;
                if (node->rule == NULL && depth)
                    order->nodes[order->length++] = node;
                else
                    path[depth++] = (Place){node, 0};
            }
            found = NULL;
            while (depth && (found = next_parent(path[depth - 1].node, &path[depth - 1].next)) == NULL)
                order->nodes[order->length++] = path[--depth].node;
            if (found == NULL)
                break;
        }
    }
    PyMem_Free(path);
    if (!plain)
        PyMem_Free(order->nodes);
    return plain;
}

static PyObject *topological_order(PyObject *module, PyObject *roots)
{
    (void)module;
    Nodes order;
    if (!PyTuple_CheckExact(roots) || !search(&PyTuple_GET_ITEM(roots, 0), PyTuple_GET_SIZE(roots), &order))
        Py_RETURN_NONE;
    /* The list may set the collector going, and that Python code: keep the nodes alive. */
    for (Py_ssize_t i = 0; i < order.length; i++)
        Py_INCREF(order.nodes[i]);
    PyObject *list = PyList_New(order.length);
    for (Py_ssize_t i = 0; i < order.length; i++) {
        if (list != NULL)
            PyList_SET_ITEM(list, i, (PyObject *)order.nodes[i]);
        else
            Py_DECREF(order.nodes[i]);
    }
    PyMem_Free(order.nodes);
    return list;
}

/* ---- The sweep -------------------------------------------------------------------------------- */

/* The chain rule, from the root down. */
static void add_gradients(Nodes *order)
{
    for (Py_ssize_t i = order->length - 1; i >= 0; i--) {
        Node *node = order->nodes[i];
        if (node->has & D_FIRST)
            AS_NODE(node->first)->grad += node->grad * node->d_first;
        if (node->has & D_SECOND)
            AS_NODE(node->second)->grad += node->grad * node->d_second;
        if (node->has & REST) {
            PyObject *parents = PyTuple_GET_ITEM(node->first, 1);
            PyObject *derivatives = PyTuple_GET_ITEM(node->first, 2);
            for (Py_ssize_t j = 0; j < PyTuple_GET_SIZE(parents); j++)
                AS_NODE(PyTuple_GET_ITEM(parents, j))->grad
                    += node->grad * PyFloat_AS_DOUBLE(PyTuple_GET_ITEM(derivatives, j));
        }
    }
}

/* `graph.backward`: True if the pass is done; False, with the gradients as they were, to ask Python, which
   refuses what is not finite and looks for stale graphs. */
static PyObject *backward(PyObject *module, PyObject *root)
{
    (void)module;
    Nodes order;
    if (value_type == NULL || IN_FORCE(active_modes) || !search(&root, 1, &order))
        Py_RETURN_FALSE;
    Py_ssize_t length = order.length, leaves = 0, without_gradient = 0;
    double *before = PyMem_Malloc(length * sizeof(double));
    unsigned char *was = PyMem_Malloc(length);
    enum { HAD_GRADIENT = 1, LEAF = 2 };
    int done = before != NULL && was != NULL;
    if (done) {
        int root_had = AS_NODE(root)->has & GRAD;
        for (Py_ssize_t i = 0; i < length; i++) {
            Node *node = order.nodes[i];
            before[i] = node->grad;
            was[i] = (node->has & GRAD ? HAD_GRADIENT : 0) | (node->rule == NULL ? LEAF : 0);
            without_gradient += !(was[i] & HAD_GRADIENT);
            leaves += (was[i] & LEAF) != 0;
            if (was[i] != (HAD_GRADIENT | LEAF))
                node->grad = 0.0;
            node->has |= GRAD;
        }
        AS_NODE(root)->grad += 1.0;
        add_gradients(&order);
        done = root_had || without_gradient >= length - leaves;
        for (Py_ssize_t i = 0; i < length && done; i++)
            done = !(was[i] & LEAF) || isfinite(order.nodes[i]->grad);
        for (Py_ssize_t i = 0; i < length && !done; i++) {
            order.nodes[i]->grad = before[i];
            if (!(was[i] & HAD_GRADIENT))
                order.nodes[i]->has &= ~GRAD;
        }
    }
    PyMem_Free(before);
    PyMem_Free(was);
    PyMem_Free(order.nodes);
    return PyBool_FromLong(done);
}

/* The gradients of some nodes with respect to which a root is differentiated, as `Linearization.pull` finds
   them, in a list; None to ask Python. No node has another gradient afterwards. */
static PyObject *gradients(PyObject *module, PyObject *const *arguments, Py_ssize_t count)
{
    (void)module;
    if (count != 2 || !PyList_CheckExact(arguments[1])) {
        PyErr_SetString(PyExc_TypeError, "gradients(root, list of nodes)");
        return NULL;
    }
    PyObject *root = arguments[0], *inputs = arguments[1];
    Nodes order;
    if (!search(&root, 1, &order))
        Py_RETURN_NONE;
    Py_ssize_t length = order.length, size = PyList_GET_SIZE(inputs);
    double *before = PyMem_Malloc(length * sizeof(double));
    double *found = PyMem_Calloc(size + 1, sizeof(double));
    int done = before != NULL && found != NULL;
    if (done) {
        for (Py_ssize_t i = 0; i < length; i++) {
            before[i] = order.nodes[i]->grad;
            order.nodes[i]->grad = -0.0;  /* to which a number can be added without changing it */
        }
        AS_NODE(root)->grad = 1.0;
        add_gradients(&order);
        for (Py_ssize_t i = 0; i < size && done; i++) {
            PyObject *input = PyList_GET_ITEM(inputs, i);
            done = IS_NODE(input);
            if (done && AS_NODE(input)->seen == searches)
                found[i] = AS_NODE(input)->grad;
        }
        for (Py_ssize_t i = 0; i < length; i++) {
            done = done && isfinite(order.nodes[i]->grad);
            order.nodes[i]->grad = before[i];
        }
    }
    PyObject *list = done ? PyList_New(size) : Py_NewRef(Py_None);
    for (Py_ssize_t i = 0; i < size && done && list != NULL; i++) {
        PyObject *number = PyFloat_FromDouble(found[i]);
        if (number == NULL)
            Py_CLEAR(list);
        else
            PyList_SET_ITEM(list, i, number);
    }
    PyMem_Free(before);
    PyMem_Free(found);
    PyMem_Free(order.nodes);
    return list;
}

/* ---- Lists ------------------------------------------------------------------------------------ */

/* `node.numbers_of`. */
static PyObject *numbers_of(PyObject *module, PyObject *operands)
{
    (void)module;
    if (!PyTuple_CheckExact(operands)) {
        PyErr_SetString(PyExc_TypeError, "operands must be a tuple");
        return NULL;
    }
    Py_ssize_t length = PyTuple_GET_SIZE(operands), plain = 0;
    while (plain < length && PyFloat_CheckExact(PyTuple_GET_ITEM(operands, plain)))
        plain++;
    if (length && plain == length)
        return Py_NewRef(operands);
    PyObject *data = PyList_New(length);
    for (Py_ssize_t i = 0; i < length && data != NULL; i++) {
        PyObject *operand = PyTuple_GET_ITEM(operands, i);
        PyObject *number = IS_NODE(operand) ? get_number(operand, &numbers[0])
                                            : PyObject_GetAttrString(operand, "_data");
        if (number == NULL)
            Py_CLEAR(data);
        else
            PyList_SET_ITEM(data, i, number);
    }
    return data;
}

/* `node.list_node`. */
static PyObject *list_node(PyObject *module, PyObject *const *arguments, Py_ssize_t count)
{
    (void)module;
    if (count != 6 || (PyTypeObject *)arguments[0] != value_type) {
        PyErr_SetString(PyExc_TypeError, "list_node(Value, rule, y, operands, parents, local_derivatives)");
        return NULL;
    }
    double y = PyFloat_AsDouble(arguments[2]);
    if (y == -1.0 && PyErr_Occurred())
        return NULL;
    PyObject *rest = PyTuple_Pack(3, arguments[3], arguments[4], arguments[5]);
    Node *node = rest == NULL ? NULL : new_result(arguments[1], y);
    if (node != NULL) {
        track_if_needed(node, arguments[1]);
        if (set_rest((PyObject *)node, rest, NULL) < 0)
            Py_CLEAR(node);
    }
    Py_XDECREF(rest);
    return (PyObject *)node;
}

/* ---- What Python calls ------------------------------------------------------------------------ */

static PyObject *connect(PyObject *module, PyObject *arguments)
{
    PyTypeObject *value, *scope;
    PyObject *variable, *modes, *scopes, *transforms, *rows, *writer;
    (void)module;
    if (!PyArg_ParseTuple(arguments, "O!O!OO!O!O!O!O:connect", &PyType_Type, &value, &PyType_Type, &scope,
                          &variable, &PyList_Type, &modes, &PyList_Type, &scopes, &PyList_Type, &transforms,
                          &PyFrozenSet_Type, &rows, &writer))
        return NULL;
    /* The state is this process's only one; another copy of the package has to do without. */
    if (value_type != NULL || !PyType_IsSubtype(value, fields_type) || value->tp_basicsize != sizeof(Node)
        || value->tp_itemsize || !(value->tp_flags & Py_TPFLAGS_HEAPTYPE)) {
        PyErr_SetString(PyExc_RuntimeError, "not the Value that this core is for, or not the first");
        return NULL;
    }
    Operation *found[OPERATORS][2] = {{NULL}};
    PyObject *init = PyObject_GetAttrString((PyObject *)value, "__init__");
    int failed = init == NULL;
    for (int i = 0; i < OPERATORS && !failed; i++)
        for (int side = 0; side < 2 && !failed; side++) {
            const char *name = side ? slots[i].reflected : slots[i].name;
            PyObject *operation = PyObject_GetAttrString((PyObject *)value, name);
            failed = operation == NULL || !Py_IS_TYPE(operation, operation_type);
            found[i][side] = (Operation *)operation;
        }
    if (failed) {
        if (!PyErr_Occurred())
            PyErr_SetString(PyExc_TypeError, "an operator of Value is not an Operation");
        for (int i = 0; i < OPERATORS; i++) {
            Py_XDECREF(found[i][0]);
            Py_XDECREF(found[i][1]);
        }
        Py_XDECREF(init);
        return NULL;
    }
    scope_type = (PyTypeObject *)Py_NewRef(scope);
    current_scope = Py_NewRef(variable);
    active_modes = Py_NewRef(modes);
    open_scopes = Py_NewRef(scopes);
    open_transforms = Py_NewRef(transforms);
    table = Py_NewRef(rows);
    write_program = Py_NewRef(writer);
    python_init = init;
    value_type = (PyTypeObject *)Py_NewRef(value);
    for (int i = 0; i < OPERATORS; i++) {
        operators[i].operation = found[i][0];
        operators[i].reflected = found[i][1];
        *(binaryfunc *)((char *)value->tp_as_number + slots[i].slot) = slots[i].function;
    }
    value->tp_init = slot_init;
    PyType_Modified(value);
    Py_RETURN_NONE;
}

/* Whether this copy of the package is the first in the process to ask, and in the main interpreter. */
static PyObject *claim(PyObject *module, PyObject *unused)
{
    static int claimed;
    (void)module, (void)unused;
    return PyBool_FromLong(PyInterpreterState_Get() == PyInterpreterState_Main() && !claimed++);
}

static PyMethodDef module_functions[] = {
    {"claim", claim, METH_NOARGS, NULL},
    {"connect", connect, METH_VARARGS, NULL},
    {"topological_order", topological_order, METH_O, NULL},
    {"backward", backward, METH_O, NULL},
    {"gradients", (PyCFunction)(void (*)(void))gradients, METH_FASTCALL, NULL},
    {"numbers_of", numbers_of, METH_O, NULL},
    {"list_node", (PyCFunction)(void (*)(void))list_node, METH_FASTCALL, NULL},
    {NULL, NULL, 0, NULL},
};

static struct PyModuleDef definition = {
    PyModuleDef_HEAD_INIT, "_core", "The optional native core of autograd.", -1, module_functions,
    NULL, NULL, NULL, NULL,
};

PyMODINIT_FUNC PyInit__core(void)
{
    if (fields_type != NULL) {
        PyErr_SetString(PyExc_ImportError, "the core cannot be initialized twice");
        return NULL;
    }
    PyObject *module = PyModule_Create(&definition), *source = PyLong_FromUnsignedLong(SOURCE);
    PyObject *calls = PyDict_New(), *instructions = PyDict_New();
    fields_type = (PyTypeObject *)PyType_FromSpec(&node_spec);
    operation_type = (PyTypeObject *)PyType_FromSpec(&operation_spec);
    int failed = module == NULL || source == NULL || calls == NULL || instructions == NULL
        || fields_type == NULL || operation_type == NULL;
    for (int i = 0; i < FUNCTIONS && !failed; i++) {
        PyObject *number = PyLong_FromLong(i);
        failed = number == NULL || PyDict_SetItemString(calls, functions[i].name, number) < 0;
        Py_XDECREF(number);
    }
    for (int i = 0; i < INSTRUCTIONS && !failed; i++) {
        PyObject *number = PyLong_FromLong(i);
        failed = number == NULL || PyDict_SetItemString(instructions, instruction_names[i], number) < 0;
        Py_XDECREF(number);
    }
    failed = failed || PyModule_AddObjectRef(module, "Fields", (PyObject *)fields_type) < 0
        || PyModule_AddObjectRef(module, "Operation", (PyObject *)operation_type) < 0
        || PyModule_AddObjectRef(module, "FUNCTIONS", calls) < 0
        || PyModule_AddObjectRef(module, "INSTRUCTIONS", instructions) < 0
        || PyModule_AddIntConstant(module, "REGISTERS", REGISTERS) < 0
        || PyModule_AddObjectRef(module, "SOURCE", source) < 0;
    Py_XDECREF(source);
    Py_XDECREF(calls);
    Py_XDECREF(instructions);
    if (failed)
        Py_CLEAR(module);
    return module;
}
