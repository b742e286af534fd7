/* net.y -- the text language: only general statements. Tables tell what a statement means (bind.c); expand.c
 * carries out `let`, `block`, `repeat` and `include`. */

%define api.pure full
%define api.prefix {syntax_}
%define api.token.prefix {T_}
%define api.location.type {struct span}
%define parse.error custom
%define parse.lac full
%locations
%expect 0

%code requires {
#include "spec/parser.h"
}

%param {void *scanner}
%parse-param {struct parser *p}

%code {
#define YYLLOC_DEFAULT(Current, Rhs, N)                                                                                \
    do {                                                                                                               \
        if (N) {                                                                                                       \
            (Current).begin = YYRHSLOC(Rhs, 1).begin;                                                                  \
            (Current).end = YYRHSLOC(Rhs, N).end;                                                                      \
        } else {                                                                                                       \
            (Current).begin = (Current).end = YYRHSLOC(Rhs, 0).end;                                                    \
        }                                                                                                              \
    } while (0)

int syntax_lex(SYNTAX_STYPE *value, struct span *at, void *scanner);
static void syntax_error(struct span *at, void *scanner, struct parser *p, const char *message);
}

%union {
    const char *text;
    struct value value;
    struct arg arg;
    struct arg_list *args;
    struct stmt *stmt;
    struct stmt_list *stmts;
}

%token FILE_ENTRY ARGS_ENTRY HEAD_ENTRY
%token NL "end of line" YYEOF 0 "end of text"
%token <text> NAME "a name" LABEL "label" CALL "call" PARAM "parameter"
%token <value> NUMBER "number" DIMS "dimensions" STRING "string" FORMULA "formula"

%type <stmts> stmts body
%type <stmt> stmt head unlabelled
%type <args> args items items1
%type <arg> arg item
%type <value> value term atom expr element list call word

%%

start : FILE_ENTRY stmts            { p->stmts = $2; }
      | ARGS_ENTRY args             { p->args = $2; }
      | HEAD_ENTRY unlabelled       { p->head = $2; }
      ;

stmts : %empty                      { $$ = arena_alloc(p->arena, sizeof *$$); }
      | stmts stmt                  { $$ = $1; if ($2) vec_push(p->arena, &$$->v, $2); }
      ;

stmt  : NL                          { $$ = NULL; }
      | head NL
      | head body NL                { $$ = ast_body($1, $2); }
      | error NL                    { $$ = NULL; yyerrok; }
      | error body NL               { $$ = NULL; yyerrok; }
      ;

head  : unlabelled
      | LABEL unlabelled            { $$ = ast_label($2, $1, @1); }
      ;

unlabelled : NAME args              { $$ = ast_stmt(p, $1, @1, $2, @$); }
      ;

body  : '{' stmts '}'               { $$ = $2; }
      ;

args  : %empty                      { $$ = arena_alloc(p->arena, sizeof *$$); }
      | args arg                    { $$ = $1; vec_push(p->arena, &$$->v, $2); }
      ;

arg   : value                       { $$ = (struct arg){.value = $1}; }
      | NAME '=' value              { $$ = (struct arg){.key = $1, .key_span = @1, .value = $3}; }
      ;

value : term | list | call | word | FORMULA
      ;

term  : atom
      | term '*' atom               { $$ = ast_binary(p, '*', $1, $3, @$); }
      | term '/' atom               { $$ = ast_binary(p, '/', $1, $3, @$); }
      ;

atom  : NUMBER | DIMS | STRING
      | PARAM                       { $$ = (struct value){.op = '$', .span = @1, .text = $1}; }
      | '(' expr ')'                { $$ = $2; $$.span = @$; }
      | '-' atom                    { $$ = ast_binary(p, '-', ast_zero(@1), $2, @$); }
      ;

expr  : term
      | expr '+' term               { $$ = ast_binary(p, '+', $1, $3, @$); }
      | expr '-' term               { $$ = ast_binary(p, '-', $1, $3, @$); }
      ;

word  : NAME                        { $$ = (struct value){.kind = VALUE_WORD, .span = @1, .text = $1}; }
      ;

call  : CALL items ')'              { $$ = ast_group(VALUE_CALL, $1, $2, @$); }
      ;

list  : '[' items ']'               { $$ = ast_group(VALUE_LIST, NULL, $2, @$); parser_refuse_keys(p, $2); }
      | '(' expr ',' items ')'      { $$ = ast_tuple(p, $2, $4, @$); }
      ;

items : %empty                      { $$ = arena_alloc(p->arena, sizeof *$$); }
      | items1
      | items1 ','
      ;

items1 : item                       { $$ = arena_alloc(p->arena, sizeof *$$); vec_push(p->arena, &$$->v, $1); }
      | items1 ',' item             { $$ = $1; vec_push(p->arena, &$$->v, $3); }
      ;

item  : element                     { $$ = (struct arg){.value = $1}; }
      | NAME '=' element            { $$ = (struct arg){.key = $1, .key_span = @1, .value = $3}; }
      ;

element : expr | list | call | word | FORMULA
      ;

%%

static int yyreport_syntax_error(const yypcontext_t *context, void *scanner, struct parser *p)
{
    (void)scanner;
    const yysymbol_kind_t token = yypcontext_token(context);
    yysymbol_kind_t expected[YYNTOKENS];
    const char *names[YYNTOKENS];
    const int n = yypcontext_expected_tokens(context, expected, YYNTOKENS);
    for (int i = 0; i < n; i++)
        names[i] = yysymbol_name(expected[i]);
    parser_unexpected(p, *yypcontext_location(context), yysymbol_name(token), names, n);
    return 0;
}

/* Bison calls this when its stack is full. */
static void syntax_error(struct span *at, void *scanner, struct parser *p, const char *message)
{
    (void)scanner, (void)message;
    parser_error(p, *at, "this is nested too deeply");
}
